import type { ConsumerOptions, Hooks } from "@keyline/runtime";
import { bindProducer } from "@keyline/runtime/codegen";
import { type Partitioner, partitionOf } from "@keyline/runtime/tools";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import {
  allTopics,
  createConsumer,
  lanes,
  type OrderTopicName,
  type OrderTopics,
  orders,
  topics,
} from "../kit/orders.js";
import { createRecorder } from "../kit/recorder.js";
import { headerOf, keyOf, laneOf, openWorld, range, rawOrder, until, type World } from "../kit/world.js";
import { readGolden } from "./golden.js";

/** P2: a key lies on the partition that every other client of its partitioner chooses. */
export function partitionSuite(harness: Harness): void {
  describe("P2 partition", () => {
    describe("a producer", () => {
      for (const [count, byPartitioner] of Object.entries(readGolden())) {
        for (const [partitioner, expected] of Object.entries(byPartitioner)) {
          it(`puts keys where other clients with ${partitioner} put them, of ${count} partitions`, async () => {
            const contract = contractOf(partitioner as Partitioner, Number(count));
            const world = await openWorld(harness, { topics: { [contract.paid.address]: Number(count) } });
            const producer = bindProducer(contract)({ transport: world.process().transport, source: "test" });
            const sent = await Promise.all(range(1, 301).map((order_id) => producer.paid({ order_id, n: 0 })));
            expect(sent.map(({ partition }) => partition)).toEqual(expected.slice(0, 300));
            const records = await world.cluster.readAll(contract.paid.address);
            expect(records).toHaveLength(300);
            for (const record of records) expect(record.partition).toBe(expected[Number(keyOf(record)) - 1]);
          });
        }
      }

      it("refuses to send where the cluster has another partition count, and writes nothing", async () => {
        const world = await openWorld(harness, { topics: { ...allTopics, "orders.paid": lanes + 1 } });
        const producer = world.producer();
        await expect(producer.paid({ order_id: 1, n: 0 })).rejects.toMatchObject({ code: "partition_count" });
        expect(await world.cluster.readAll("orders.paid")).toEqual([]);
        await expect(producer.placed({ order_id: 1, n: 1 })).resolves.toMatchObject({ offset: 0 });
      });

      it("refuses to send to a topic that is not there, and does not create it", async () => {
        const { "orders.paid": _, ...others } = allTopics;
        const world = await openWorld(harness, { topics: others });
        const sent = world.producer().paid({ order_id: 1, n: 0 });
        await expect(sent).rejects.toMatchObject({ code: "topic_unknown" });
        expect(await world.cluster.topics()).not.toContain("orders.paid");
      });

      it("sends to a topic that was created after it connected", async () => {
        const { "orders.paid": _, ...others } = allTopics;
        const world = await openWorld(harness, { topics: others });
        const producer = world.producer();
        await producer.placed({ order_id: 1, n: 0 });
        await world.cluster.createTopics({ "orders.paid": lanes });
        await expect(producer.paid({ order_id: 1, n: 1 })).resolves.toMatchObject({ partition: laneOf(1) });
      });

      it("takes the cluster's count where the contract states none, the same for all topics of the domain", async () => {
        const contract = {
          paid: { ...topics.paid, partitions: null, domain: { ...orders, partitions: null } },
          shipped: { ...topics.shipped, partitions: null, domain: { ...orders, partitions: null } },
        };
        const world = await openWorld(harness, { topics: { "orders.paid": 7, "orders.shipped": 6 } });
        const producer = bindProducer(contract)({ transport: world.process().transport, source: "test" });
        const settled = await Promise.allSettled([
          producer.paid({ order_id: 42, n: 0 }),
          producer.shipped({ order_id: 42, n: 1 }),
        ]);
        expect(settled.filter(({ status }) => status === "rejected")).toMatchObject([
          { reason: { code: "partition_count" } },
        ]);
      });
    });

    describe("a consumer", () => {
      it("refuses a topic with another partition count", async () => {
        const world = await openWorld(harness, { topics: { ...allTopics, "orders.paid": lanes + 1 } });
        await expect(consume(world, ["paid"]).ready).rejects.toMatchObject({ code: "partition_count" });
      });

      it("refuses a topic that is not there, and does not create it", async () => {
        const { "orders.paid": _, ...others } = allTopics;
        const world = await openWorld(harness, { topics: others });
        await expect(consume(world, ["paid", "placed"]).ready).rejects.toMatchObject({ code: "topic_unknown" });
        expect(await world.cluster.topics()).not.toContain("orders.paid");
      });

      it("refuses to start without the topics for its dead letters", async () => {
        const { "orders.paid.dlq": _, ...others } = allTopics;
        const world = await openWorld(harness, { topics: others });
        await expect(consume(world, ["paid"]).ready).rejects.toMatchObject({ code: "topic_unknown" });
      });

      it("refuses dead-letter topics with fewer partitions, on which letters would find no place", async () => {
        const world = await openWorld(harness, { topics: { ...allTopics, "orders.paid.dlq": 1 } });
        await expect(consume(world, ["paid"]).ready).rejects.toMatchObject({ code: "partition_count" });
      });

      it("handles a foreign record on a wrong partition once and counts it", async () => {
        const world = await openWorld(harness);
        const place = (partitioner: Partitioner, id: number) =>
          partitionOf(partitioner, Buffer.from(String(id)), lanes);
        // As a producer writes it that has kafkajs' or Java's partitioner.
        const id =
          range(42, 200).find(
            (one) => place("murmur2", one) !== laneOf(one) && place("consistent", one) !== place("murmur2", one),
          ) ?? 0;
        const wrong = place("murmur2", id);
        await world.cluster.produceRaw({
          topic: "orders.paid",
          partition: wrong,
          key: String(id),
          value: rawOrder(id, 7),
        });
        const { recorder, ready, strays } = consume(world, ["paid"]);
        await ready;
        await until(() => expect(recorder.of(id)).toEqual([7]));
        const expected = laneOf(id);
        const stray = { group: "readers", topic: "orders.paid", partition: wrong, offset: 0, key: String(id) };
        expect(strays).toEqual([{ ...stray, expected, matches: ["murmur2"] }]);
        expect(await world.cluster.readAll("orders.paid.dlq")).toEqual([]);
      });

      it("dead-letters it instead where that is asked for, and goes on", async () => {
        const world = await openWorld(harness);
        const wrong = (laneOf(42) + 1) % lanes;
        const [other = 0] = range(1, 100).filter((id) => laneOf(id) === wrong);
        await world.cluster.produceRaw({ topic: "orders.paid", partition: wrong, key: "42", value: rawOrder(42, 7) });
        await world.producer().paid({ order_id: other, n: 1 });
        const { recorder, ready } = consume(world, ["paid"], { onWrongPartition: "dead-letter" });
        await ready;
        await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
        const [letter] = await world.cluster.readAll("orders.paid.dlq");
        expect(letter && headerOf(letter, "keyline-error-code")).toBe("wrong_partition");
        await until(() => expect(recorder.of(other)).toEqual([1]));
        expect(recorder.of(42)).toEqual([]);
      });

      const damaged = [
        { title: "no key", key: null, value: (id: number) => rawOrder(id, 99), code: "key_missing" },
        {
          title: "another key than its payload's",
          key: "own",
          value: (id: number) => rawOrder(id + 1, 99),
          code: "key_mismatch",
        },
        { title: "a key that is not canonical text", key: "0042", value: () => rawOrder(42, 99), code: "key_mismatch" },
        { title: "a key of -1 in both", key: "-1", value: () => rawOrder(-1, 99), code: "payload_invalid" },
        {
          title: "a key that is a string in the payload",
          key: "own",
          value: (id: number) => rawOrder(String(id), 99),
          code: "payload_invalid",
        },
      ];
      for (const { title, key, value, code } of damaged) {
        it(`a record with ${title} is dead-lettered as ${code}; nothing around it is lost or reordered`, async () => {
          const world = await openWorld(harness);
          const producer = world.producer();
          const id = 42;
          for (const n of range(0, 5)) await producer.paid({ order_id: id, n });
          const place = { topic: "orders.paid", partition: laneOf(id) };
          const text = value(id);
          const offset = await world.cluster.produceRaw({
            ...place,
            key: key === "own" ? String(id) : key,
            value: text,
          });
          for (const n of range(5, 10)) await producer.paid({ order_id: id, n });
          const { recorder, ready } = consume(world, ["paid"]);
          await ready;
          await until(() => expect(recorder.of(id)).toEqual(range(0, 10)));
          await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
          const [letter] = await world.cluster.readAll("orders.paid.dlq");
          expect(letter && headerOf(letter, "keyline-error-code")).toBe(code);
          expect(letter && headerOf(letter, "keyline-error-offset")).toBe(String(offset));
          expect(letter?.partition).toBe(place.partition);
          expect(Buffer.from(letter?.value ?? []).toString()).toBe(text);
        });
      }
    });
  });
}

const contractOf = (partitioner: Partitioner, partitions: number) => ({
  paid: {
    ...topics.paid,
    partitions,
    domain: { ...orders, partitioner, partitions, topics: [topics.paid.address] },
  },
});

function consume(world: World, names: readonly OrderTopicName[], options: Partial<ConsumerOptions<OrderTopics>> = {}) {
  const recorder = createRecorder();
  const strays: Parameters<NonNullable<Hooks["wrongPartition"]>>[0][] = [];
  const consumer = createConsumer({
    transport: world.process().transport,
    groupId: "readers",
    on: recorder.on(names),
    hooks: { wrongPartition: (stray) => void strays.push(stray) },
    ...options,
  });
  return { recorder, strays, consumer, ready: world.start(consumer) };
}
