import { KeylineError, type Transport } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import type { RecordBatch } from "@keyline/runtime/transport";
import { expect, test } from "vitest";
import { planScan } from "./plan.js";
import { scan } from "./scan.js";

const bytes = (text: string) => Buffer.from(text);

function setting({ records = 10, partitions = 3, maxRecordsPerPartition = 4 } = {}) {
  const cluster = createMemoryCluster();
  for (const topic of ["a", "b"]) {
    cluster.createTopic(topic, { partitions });
    for (let partition = 0; partition < partitions; partition += 1) {
      for (let n = 0; n < records; n += 1) {
        cluster.faults.produce({ topic, partition, key: bytes("1"), value: bytes("{}"), timestampMs: 1000 + n });
      }
    }
  }
  return { cluster, transport: cluster.transport({ maxRecordsPerPartition }) };
}

const places = (batches: readonly RecordBatch[]) =>
  batches.flatMap(({ records }) => records.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`));

test("reads every record once, a partition's in order, and tells how far it is", async () => {
  const { transport } = setting();
  const { ranges, missing, partitionCounts } = await planScan(transport, { topics: ["a", "b", "c"] });
  expect({ missing, counts: [...partitionCounts] }).toEqual({
    missing: ["c"],
    counts: [
      ["a", 3],
      ["b", 3],
    ],
  });
  const batches: RecordBatch[] = [];
  const told: number[] = [];
  const outcome = await scan(transport, ranges, {
    batch: (batch) => void batches.push(batch),
    progress: ({ done, total }) => told.push(done / total),
  });
  expect(outcome).toMatchObject({ records: 60, uncovered: [], interrupted: false });
  const seen = places(batches);
  expect(new Set(seen).size).toBe(60);
  expect(seen.filter((place) => place.startsWith("b/2"))).toEqual(Array.from({ length: 10 }, (_, n) => `b/2@${n}`));
  expect(told.at(-1)).toBe(1);
  expect(told.toSorted((a, b) => a - b)).toEqual(told);
});

test("times become offsets: nothing outside of them is fetched", async () => {
  const { transport } = setting();
  const { ranges } = await planScan(transport, { topics: ["a"], sinceMs: 1003, untilMs: 1007 });
  expect(ranges).toEqual([0, 1, 2].map((partition) => ({ topic: "a", partition, from: 3, to: 7 })));
  const later = await planScan(transport, { topics: ["a"], sinceMs: 5000 });
  expect(later.ranges).toEqual([0, 1, 2].map((partition) => ({ topic: "a", partition, from: 10, to: 10 })));
});

test("never more batches in memory than partitions read at once", async () => {
  const { transport } = setting({ partitions: 12 });
  let [inFlight, most] = [0, 0];
  const counting: Transport = {
    ...transport,
    async *read(partition, range, options) {
      inFlight += 1;
      most = Math.max(most, inFlight);
      yield* transport.read(partition, range, options);
      inFlight -= 1;
    },
  };
  const { ranges } = await planScan(transport, { topics: ["a", "b"] });
  const { records } = await scan(counting, ranges, { batch: () => undefined, concurrency: 5 });
  expect(records).toBe(240);
  expect(most).toBe(5);
});

test("an interrupted scan says what it left", async () => {
  const { transport } = setting();
  const { ranges } = await planScan(transport, { topics: ["a", "b"] });
  const controller = new AbortController();
  const outcome = await scan(transport, ranges, {
    signal: controller.signal,
    concurrency: 1,
    batch: ({ partition }) => {
      if (partition === 1) controller.abort();
    },
  });
  expect(outcome).toMatchObject({ records: 14, interrupted: true });
  expect(outcome.uncovered).toHaveLength(5);
  expect(outcome.uncovered[0]).toEqual({ topic: "a", partition: 1, from: 4, to: 10, reason: "interrupted" });
});

test("what retention deletes meanwhile is named, and the rest is read", async () => {
  const { cluster, transport } = setting();
  const { ranges } = await planScan(transport, { topics: ["a"] });
  let deleted = false;
  const outcome = await scan(transport, ranges.slice(0, 1), {
    batch: () => {
      if (!deleted) cluster.faults.deleteRecords({ topic: "a", partition: 0 }, 7);
      deleted = true;
    },
  });
  expect(outcome.records).toBe(7);
  expect(outcome.uncovered).toEqual([
    { topic: "a", partition: 0, from: 4, to: 7, reason: "deleted by the cluster before it was read" },
  ]);
});

test("a log that is cut off meanwhile does not count as scanned whole", async () => {
  const { cluster, transport } = setting();
  const { ranges } = await planScan(transport, { topics: ["a"] });
  const outcome = await scan(transport, ranges.slice(0, 1), {
    batch: () => cluster.faults.truncate({ topic: "a", partition: 0 }, 4),
  });
  expect(outcome.uncovered).toEqual([
    { topic: "a", partition: 0, from: 4, to: 10, reason: expect.stringContaining("cut off") },
  ]);
});

test("one partition that cannot be read does not keep the scan from the others; none that answers ends the trying", async () => {
  const { transport } = setting({ partitions: 6 });
  const { ranges } = await planScan(transport, { topics: ["a"] });
  const failing = (fails: (partition: number) => boolean): Transport => ({
    ...transport,
    async *read(partition, range, options) {
      if (fails(partition.partition)) throw new KeylineError("transport_unavailable", "no broker answers");
      yield* transport.read(partition, range, options);
    },
  });
  const one = await scan(
    failing((partition) => partition === 2),
    ranges,
    { batch: () => undefined },
  );
  expect(one.records).toBe(50);
  expect(one.uncovered).toEqual([{ topic: "a", partition: 2, from: 0, to: 10, reason: "no broker answers" }]);
  const all = await scan(
    failing(() => true),
    ranges,
    { batch: () => undefined, concurrency: 1 },
  );
  expect(all.uncovered.map(({ reason }) => reason.startsWith("not tried"))).toEqual([
    ...[false, false, false],
    ...[true, true, true],
  ]);
});

test("partitions that cannot be read for now are named, however many, and all others are read", async () => {
  const { transport } = setting({ partitions: 6 });
  const { ranges } = await planScan(transport, { topics: ["a"] });
  const blocked: Transport = {
    ...transport,
    async *read(partition, range, options) {
      if (partition.partition < 5) throw new KeylineError("timed_out", "a transaction is open at 0");
      yield* transport.read(partition, range, options);
    },
  };
  const outcome = await scan(blocked, ranges, { batch: () => undefined, concurrency: 1 });
  expect(outcome.records).toBe(10);
  expect(outcome.uncovered.map(({ reason }) => reason)).toEqual(Array(5).fill("a transaction is open at 0"));
});

test("a topic that may not be read is refused, and the others are planned", async () => {
  const { transport } = setting();
  const denied = new KeylineError("transport_denied", "the broker answers TOPIC_AUTHORIZATION_FAILED");
  const plan = await planScan(refusing(transport, denied, ["a"]), { topics: ["a", "b", "c"] });
  const reason = "the broker answers TOPIC_AUTHORIZATION_FAILED";
  expect(plan.refused).toEqual([{ topic: "a", code: "transport_denied", reason }]);
  expect(plan.missing).toEqual(["c"]);
  expect(plan.ranges.map(({ topic }) => topic)).toEqual(["b", "b", "b"]);
});

test("a topic without a leader is named, but where no broker answers there is no plan", async () => {
  const { transport } = setting();
  const away = new KeylineError("transport_unavailable", "it has no leader now");
  const plan = await planScan(refusing(transport, away, ["b"]), { topics: ["a", "b"] });
  expect(plan.refused).toEqual([{ topic: "b", code: "transport_unavailable", reason: "it has no leader now" }]);
  await expect(planScan(refusing(transport, away, ["a", "b"]), { topics: ["a", "b"] })).rejects.toBe(away);
});

test("what is asked about many topics is asked once for all", async () => {
  const { transport } = setting();
  const asked: string[] = [];
  const counting = new Proxy(transport, {
    get(target, name: keyof Transport) {
      asked.push(String(name));
      return target[name];
    },
  });
  const plan = await planScan(counting, { topics: ["a", "b"], sinceMs: 1003, partitionsOf: (_, count) => [count - 1] });
  expect(plan.ranges).toEqual(["a", "b"].map((topic) => ({ topic, partition: 2, from: 3, to: 10 })));
  expect(asked).toEqual(["partitionCounts", "logRanges", "offsetsAtTime"]);
});

/** A transport whose logs of some topics cannot be asked about. */
const refusing = (transport: Transport, error: KeylineError, topics: readonly string[]): Transport => ({
  ...transport,
  logRanges: (partitions) =>
    partitions.some(({ topic }) => topics.includes(topic)) ? Promise.reject(error) : transport.logRanges(partitions),
});
