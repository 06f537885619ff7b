import { expect, it } from "vitest";
import { ByteReader } from "./byte-reader.js";
import { describeGroups, heartbeat, joinGroup, memberMetadata, offsetFetch } from "./groups.js";
import { describeConfigs } from "./topics.js";
import { bytesOf, error, fields, int32, list, refuseFailed, text } from "./types.js";

const bytesOfRequest = (request: { encode(): readonly Buffer[] }) => Buffer.concat(request.encode()).toString("latin1");

it("a request has its fields in the order of the protocol", () => {
  const beat = heartbeat({ instanceId: null, memberId: "m", generation: 258, groupId: "gé" });
  expect(bytesOfRequest(beat)).toBe("\0\u0003gÃ©\0\0\u0001\u0002\0\u0001m\u00ff\u00ff");
  const fetch = offsetFetch({ groupId: "g", topics: [{ topic: "t", partitions: [0, 1] }] });
  expect(bytesOfRequest(fetch)).toBe("\0\u0001g\0\0\0\u0001\0\u0001t\0\0\0\u0002\0\0\0\0\0\0\0\u0001");
  const all = describeConfigs({ resources: [{ type: 2, name: "t", names: null }], withSynonyms: false });
  expect(bytesOfRequest(all)).toBe("\0\0\0\u0001\u0002\0\u0001t\u00ff\u00ff\u00ff\u00ff\0");
});

it("what is written is read again, and bytes that end early are no value", () => {
  const value = { version: 1, topics: ["a", "b"], userData: Buffer.from("data") };
  const bytes = bytesOf(memberMetadata, value);
  expect(memberMetadata.read(new ByteReader(bytes))).toEqual(value);
  expect(() => memberMetadata.read(new ByteReader(bytes.subarray(0, -1)))).toThrow(RangeError);
});

it("an error of a whole answer is thrown, with the answer; one of a row is a value", async () => {
  // Throttled for 7 ms, MEMBER_ID_REQUIRED, no generation, protocol or leader, the member's id, no members.
  const named = Buffer.from([0, 0, 0, 7, 0, 79, 255, 255, 255, 255, 0, 0, 0, 0, 0, 2, 109, 49, 0, 0, 0, 0]);
  const join = joinGroup({
    ...{ groupId: "g", sessionTimeoutMs: 1, rebalanceTimeoutMs: 1, memberId: "", instanceId: null },
    ...{ protocolType: "consumer", protocols: [] },
  });
  const decode = async () => join.decode(named);
  await expect(decode()).rejects.toMatchObject({ type: "MEMBER_ID_REQUIRED", answer: { memberId: "m1" } });
  const refused = Buffer.from([0, 0, 0, 7, 0, 0, 0, 1, 0, 30, 0, 1, 103, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const { answer, throttleMs } = await describeGroups({ groupIds: ["g"], withRights: false }).decode(refused);
  expect([throttleMs, answer.groups]).toMatchObject([
    7,
    [{ error: { type: "GROUP_AUTHORIZATION_FAILED" }, rights: 0 }],
  ]);
});

it("the first row that failed is thrown, with its place and the broker's words", () => {
  const rows = list(fields({ topic: text, partition: int32, error }));
  const [fine, failed] = rows.read(
    new ByteReader(Buffer.from([0, 0, 0, 2, 0, 1, 97, 0, 0, 0, 0, 0, 0, 0, 1, 98, 0, 0, 0, 5, 0, 44])),
  );
  expect(() => refuseFailed(fine ? [fine] : [])).not.toThrow();
  const told = [fine, failed].flatMap((row) => (row ? [{ ...row, reason: "too many" }] : []));
  expect(() => refuseFailed(told)).toThrow(
    expect.objectContaining({ message: "the broker answers POLICY_VIOLATION: too many", topic: "b", partition: 5 }),
  );
});
