import type { TopicDescriptor, Transport } from "@keyline/runtime";
import { s } from "@keyline/runtime/codegen";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { type MessageDescriptor, partitionOf, placements } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { expect, test } from "vitest";
import { z } from "zod";
import { auditRecords } from "./audit-records.js";

const message: MessageDescriptor = {
  ...{ kind: "message", format: 1, name: "placed", declared: true },
  schema: z.looseObject({ user: z.number().int(), price: s.number({ multipleOf: 0.01 }).optional() }),
  ...{ key: ["user"], fill: [], id: ["id"], type: null, time: null, correlation: null },
};

const topicOf = (
  address: string,
  domain: string,
  partitioner: "murmur2" | "fnv1a",
  ...others: string[]
): TopicDescriptor => ({
  ...{ kind: "topic", format: 1, name: address, address, parameters: [], partitions: 12, wire: "plain" },
  domain: {
    kind: "domain",
    name: domain,
    partitioner,
    keyType: "integer",
    partitions: 12,
    topics: [address, ...others],
  },
  messages: { placed: message },
});

const topics = {
  orders: topicOf("orders", "shop", "murmur2", "refunds"),
  refunds: topicOf("refunds", "shop", "murmur2", "orders"),
  users: topicOf("users", "people", "fnv1a"),
};

const place = (key: number, partitioner: "murmur2" | "fnv1a" = "murmur2") =>
  partitionOf(partitioner, Buffer.from(`${key}`), 12);

interface Written {
  readonly topic?: string;
  readonly partition?: number;
  readonly key?: string | null;
  readonly value?: string;
  readonly atMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function setting() {
  const cluster = createMemoryCluster();
  for (const { address } of Object.values(topics)) cluster.createTopic(address, { partitions: 12 });
  let id = 0;
  const write = (user: number, written: Written = {}) => {
    id += 1;
    const { topic = "orders", partition = place(user), key = `${user}`, atMs = 1_767_600_000_000 + id } = written;
    cluster.faults.produce({
      ...{ topic, partition, timestampMs: atMs, key: key === null ? null : Buffer.from(key, "latin1") },
      value: Buffer.from(written.value ?? JSON.stringify({ user, id: `event-${id}` })),
      headers: Object.entries(written.headers ?? {}).map(([name, text]) => [name, Buffer.from(text)] as const),
    });
  };
  const audit = async (seen = (record: ConsumerRecord) => record) => {
    const transport = cluster.transport();
    const read: Transport["read"] = async function* (...asked) {
      for await (const batch of transport.read(...asked)) yield { ...batch, records: batch.records.map(seen) };
    };
    const report = await auditRecords({ ...transport, read }, { topics });
    return { ...report, kinds: report.groups.map(({ kind }) => kind).sort() };
  };
  return { write, audit };
}

test("what a producer has to change goes by the domain that its records are of", async () => {
  const { write, audit } = setting();
  for (let user = 1; user <= 40; user += 1) {
    write(user, { partition: placements.consistent.place(Buffer.from(`${user}`), 12) });
    write(user, { topic: "users", partition: placements.consistent.place(Buffer.from(`${user}`), 12) });
  }
  const { groups, producers } = await audit();
  const fixes = groups.map(({ topics: [first], fix }) => [first?.topic, fix]);
  expect(fixes.sort()).toEqual([
    ["orders", "set partitioner=murmur2_random in its librdkafka configuration"],
    ["users", "set partitioner=fnv1a_random in its librdkafka configuration"],
  ]);
  expect(producers.map(({ name, domain }) => [name, domain]).sort()).toEqual([
    ["an unnamed producer", "people"],
    ["an unnamed producer", "shop"],
  ]);
});

test("of two records with one id the later one is the duplicate, in whatever order they are read", async () => {
  const original = { value: JSON.stringify({ user: 7, id: "x" }), atMs: 1_767_600_900_000, partition: 11 };
  const copy = { ...original, atMs: original.atMs + 60_000, partition: 0, headers: { "keyline-message": "placed" } };
  for (const [first, second] of [
    [original, copy],
    [copy, original],
  ] as const) {
    const { write, audit } = setting();
    write(7, first);
    write(7, second);
    const group = (await audit()).groups.find(({ kind }) => kind === "duplicate-id");
    expect(group?.producer).toBe("an unnamed producer that uses Keyline");
    expect(group?.examples).toMatchObject([{ partition: 0, timestampMs: copy.atMs, detail: "first at orders/11@0" }]);
  }
});

test("a key that is missing or none of the domain's is found beside a payload that is refused, too", async () => {
  const { write, audit } = setting();
  write(1, { key: null, value: "{}" });
  write(1, { key: "\xff", value: "{}" });
  write(1, { key: "None", value: "no json" });
  write(1, { value: "{}" });
  const { groups } = await audit();
  const found = groups.map(({ kind, count }) => `${kind} ${count}`).sort();
  expect(found).toContain("key-missing 1");
  expect(found).toContain("key-malformed 2");
  expect(found).toContain("payload-invalid 3");
});

test("a multiple is one in decimals, as producers and consumers judge it", async () => {
  const { write, audit } = setting();
  const priced = (id: string, price: number) => write(1, { value: JSON.stringify({ user: 1, id, price }) });
  for (const [id, price] of Object.entries({ a: 19.99, b: 0.07, c: 1.1, d: 4.35 })) priced(id, price);
  expect((await audit()).kinds).toEqual([]);
  priced("e", 0.075);
  expect((await audit()).groups.map(({ kind, count }) => [kind, count])).toEqual([["payload-invalid", 1]]);
});

test("a batch that unpacks to more than a reader may hold is found, and what lies behind it is judged", async () => {
  const { write, audit } = setting();
  write(1);
  write(1);
  write(1, { value: "no json" });
  const unread = "the batch with the offsets 1 to 1 unpacks to more than it may";
  const seen = (record: ConsumerRecord) =>
    record.offset === 1 ? { ...record, key: null, value: null, headers: [], unread } : record;
  const found = (await audit(seen)).groups.map(({ kind, count }) => [kind, count]);
  expect(found).toEqual([
    ["batch-too-large", 1],
    ["record-not-json", 1],
  ]);
});

test("one stray says nothing of how all others are placed", async () => {
  const { write, audit } = setting();
  for (let user = 1; user <= 40; user += 1) write(user);
  write(41, { partition: (place(41) + 1) % 12 });
  const [producer] = (await audit()).producers;
  expect(producer).toMatchObject({ strays: 1, placements: [], usual: { placements: [{ placement: "murmur2" }] } });
});

test("few keys name no partitioner; one partition for all is not a partitioner; what Keyline marked was moved", async () => {
  const few = setting();
  few.write(1, { partition: placements.consistent.place(Buffer.from("1"), 12) });
  expect((await few.audit()).groups[0]).toMatchObject({
    culprit: expect.stringContaining("too few to identify"),
    fix: "publish through the generated producer, or compute the partition by murmur2 and pass it",
  });
  const fixed = setting();
  for (let user = 1; user <= 40; user += 1) fixed.write(user, { partition: 0 });
  expect((await fixed.audit()).groups[0]).toMatchObject({
    culprit: expect.stringContaining("lie on partition 0 alone"),
    fix: expect.stringContaining("it chooses the partition itself"),
  });
  const moved = setting();
  for (let user = 1; user <= 40; user += 1) {
    moved.write(user, { partition: (place(user) + 1) % 12, headers: { "keyline-message": "placed" } });
  }
  expect((await moved.audit()).groups[0]?.fix).toContain("look for a tool that copies its records");
});

test("a cause on another lane is told; of a record that strays its lane is not asked about", async () => {
  const { write, audit } = setting();
  const other = (place(1) + 1) % 12;
  write(2, { partition: other });
  write(1, { topic: "refunds", headers: { "keyline-after": `orders/${other}@0` } });
  expect((await audit()).groups.filter(({ kind }) => kind === "cause-elsewhere")).toMatchObject([
    { count: 1, severity: "note" },
  ]);
  const misplaced = setting();
  misplaced.write(1);
  misplaced.write(1, { topic: "refunds", partition: other, headers: { "keyline-after": `orders/${place(1)}@0` } });
  expect((await misplaced.audit()).kinds).toEqual(["wrong-partition"]);
});
