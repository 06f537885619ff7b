import { expect, it } from "vitest";
import { createMemoryCluster } from "../memory/index.js";
import { fingerprintOf, isReplacedLog } from "./fingerprint.js";

const place = { topic: "t", partition: 0 };
const record = (value: Uint8Array) => ({ ...place, offset: 0, key: null, value, headers: [], timestampMs: 1 });

/** Whether a log with that one record is another than the one of which a position says this. */
async function isReplaced(value: Uint8Array, fingerprint: string): Promise<boolean> {
  const cluster = createMemoryCluster();
  cluster.createTopic("t", { partitions: 1 });
  cluster.faults.produce({ ...place, value: Buffer.from(value), timestampMs: 1 });
  await using transport = cluster.transport();
  const position = { ...place, next: 1, last: { offset: 0, fingerprint } };
  return isReplacedLog(transport, position as never, { start: 0, end: 1 });
}

it("tells a record from another one at its place", async () => {
  const fingerprint = fingerprintOf(record(Buffer.from("one")));
  expect(await isReplaced(Buffer.from("one"), fingerprint)).toBe(false);
  expect(await isReplaced(Buffer.from("two"), fingerprint)).toBe(true);
});

it("hashes no very large value, and takes it for the same whatever an earlier version noted of it", async () => {
  const large = Buffer.alloc(4_194_305, "0");
  expect(fingerprintOf(record(large))).toBe(fingerprintOf(record(Buffer.alloc(5_000_000, "1"))));
  const noted = fingerprintOf(record(Buffer.from("as an earlier version hashed it")));
  expect(await isReplaced(large, noted)).toBe(false);
});
