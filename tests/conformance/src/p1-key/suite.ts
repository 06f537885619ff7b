import { createProjector } from "@keyline/runtime";
import { bindConsumer, bindProducer, bindProjection } from "@keyline/runtime/codegen";
import { createMemoryStore } from "@keyline/runtime/testing";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { allTopics, createConsumer, defineProjection, type OrderInput, topics } from "../kit/orders.js";
import { createRecorder } from "../kit/recorder.js";
import { headerOf, keyOf, laneOf, openWorld, rawOrder } from "../kit/world.js";

/** P1: every event carries the key that its contract derives from the payload. */
export function keySuite(harness: Harness): void {
  describe("P1 key", () => {
    it("an integer is written as its decimal digits, on every topic and in every message", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const largest = Number.MAX_SAFE_INTEGER;
      await Promise.all([
        producer.placed({ order_id: 42, n: 0 }),
        producer.paid({ order_id: 1e3, n: 1 }),
        producer.shipped({ order_id: largest, n: 2 }),
        producer.changed.renamed({ order_id: 7, n: 3 }),
      ]);
      const keysOf = async (topic: string) => (await world.cluster.readAll(topic)).map(keyOf);
      expect(await keysOf("orders.placed")).toEqual(["42"]);
      expect(await keysOf("orders.paid")).toEqual(["1000"]);
      expect(await keysOf("orders.shipped")).toEqual(["9007199254740991"]);
      expect(await keysOf("orders.changed")).toEqual(["7"]);
    });

    it("an integer beyond 2^53-1, wherever it stands, is refused by producers and told by readers", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      await expect(producer.paid({ order_id: 7, n: 2 ** 53 })).rejects.toMatchObject({
        code: "payload_invalid",
        issues: ["n: an integer beyond 2^53-1 loses digits where it is read"],
      });
      await producer.paid({ order_id: 7, n: Number.MAX_SAFE_INTEGER });
      const value = rawOrder(7, 0).replace('"n":0', '"n":9007199254740993');
      await world.cluster.produceRaw({ topic: "orders.paid", partition: laneOf(7), key: "7", value });
      const [transport, rounded] = [world.process().transport, [] as number[]];
      const hooks = { integerRounded: ({ offset }: { readonly offset: number }) => void rounded.push(offset) };
      const projection = defineProjection({
        name: "sums",
        initial: () => ({ last: 0 }),
        on: { paid: (_: unknown, { n }: { readonly n: number }) => ({ last: n }) },
      });
      const recorder = createRecorder();
      const readers = [
        createConsumer({ transport, groupId: "readers", on: recorder.on(["paid"]), hooks }),
        createProjector({ projection, transport, store: createMemoryStore(), hooks }),
      ];
      for (const reader of readers) await world.start(reader).then((started) => started.caughtUp());
      expect(recorder.of(7)).toEqual([Number.MAX_SAFE_INTEGER, 2 ** 53]);
      expect(rounded).toEqual([1, 1]);
    });

    it("a string is written as it is, in UTF-8", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const account of ["007", "ä🙂", " padded ", "__proto__"]) await producer.opened({ account });
      const keys = (await world.cluster.readAll("accounts.opened")).map(keyOf);
      expect([...keys].sort()).toEqual(["007", "ä🙂", " padded ", "__proto__"].sort());
    });

    it("topics that were generated in another format are refused by producers, consumers and projections alike", async () => {
      const world = await openWorld(harness);
      const { transport } = world.process();
      const newer = { paid: { ...topics.paid, format: 2 } };
      const on = { paid: () => undefined };
      const reading = { name: "sums", initial: () => null, on: { paid: () => null } };
      const makes = [
        () => bindProducer(newer)({ transport, source: "conformance" }),
        () => bindConsumer(newer)({ transport, groupId: "readers", on }),
        () => createProjector({ projection: bindProjection(newer)(reading), transport, store: createMemoryStore() }),
      ];
      for (const make of makes) expect(make).toThrow(expect.objectContaining({ code: "descriptor_format" }));
    });

    it("an unkeyed topic's events have none", async () => {
      const world = await openWorld(harness);
      await world.producer().logged({ n: 1 });
      expect((await world.cluster.readAll("audit.logged")).map(keyOf)).toEqual([null]);
    });

    it("send says the key, the place and the id of what it wrote", async () => {
      const world = await openWorld(harness);
      const event_id = "0b0c3f6e-1111-4222-8333-444455556666";
      const sent = await world.producer().paid({ order_id: 5, n: 0, event_id });
      const [record] = await world.cluster.readAll("orders.paid");
      expect(sent).toEqual({
        topic: "orders.paid",
        partition: record?.partition,
        offset: 0,
        key: "5",
        eventId: event_id,
      });
    });

    it("a caller cannot pass another key, partition or one of Keyline's headers", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      for (const sneaky of [{ key: "43" }, { partition: 0 }]) {
        const refused = producer.paid({ order_id: 42, n: 0 }, sneaky as object);
        await expect(refused).rejects.toMatchObject({ code: "options_invalid" });
      }
      const sent = await producer.paid({ order_id: 42, n: 0 }, { parameters: { key: "43" } } as object);
      expect(sent.key).toBe("42");
      const [record] = await world.cluster.readAll("orders.paid");
      expect(record && keyOf(record)).toBe("42");
      for (const name of ["keyline-after", "Keyline-Cluster", "content-type"]) {
        const refused = producer.paid({ order_id: 42, n: 1 }, { headers: { [name]: "x" } });
        await expect(refused).rejects.toMatchObject({ code: "options_invalid" });
      }
      expect(await world.cluster.readAll("orders.paid")).toHaveLength(1);
    });

    it("the message's name travels with it", async () => {
      const world = await openWorld(harness);
      await world.producer().changed.moved({ order_id: 9, n: 0 });
      const [record] = await world.cluster.readAll("orders.changed");
      expect(record && headerOf(record, "keyline-message")).toBe("OrderMoved");
    });

    describe("nothing is sent for", () => {
      const bad: readonly (readonly [unknown, string])[] = [
        [0, "payload_invalid"],
        [-1, "payload_invalid"],
        [1.5, "payload_invalid"],
        ["42", "payload_invalid"],
        [2 ** 53, "payload_invalid"],
        [null, "payload_invalid"],
        [Number.NaN, "payload_invalid"],
      ];
      for (const [key, code] of bad) {
        it(`an order_id of ${JSON.stringify(key)}, which the schema refuses: ${code}`, async () => {
          const world = await openWorld(harness);
          const producer = world.producer();
          await expect(producer.paid({ order_id: key, n: 0 } as OrderInput)).rejects.toMatchObject({ code });
          await expectNothing(world.cluster);
        });
      }

      const loose = [-1, 1.5, "42", 2 ** 53, null, true, [42], Number.POSITIVE_INFINITY, undefined];
      for (const key of loose) {
        it(`an order_id of ${typeof key} ${String(key)} that a loose schema lets through: key_invalid`, async () => {
          const world = await openWorld(harness);
          const sent = world.producer().changed.moved({ order_id: key, n: 0 } as OrderInput);
          await expect(sent).rejects.toMatchObject({ code: "key_invalid" });
          await expectNothing(world.cluster);
        });
      }

      for (const key of ["", 42, null, "half \ud800"]) {
        it(`an account of ${typeof key} ${JSON.stringify(key)}: key_invalid`, async () => {
          const world = await openWorld(harness);
          await expect(world.producer().opened({ account: key })).rejects.toMatchObject({ code: "key_invalid" });
          await expectNothing(world.cluster);
        });
      }
    });

    it("an event that is refused holds none of its key's others back", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const sends = [
        producer.paid({ order_id: 3, n: 0 }),
        producer.paid({ order_id: 3, n: "no number" } as unknown as OrderInput),
        producer.paid({ order_id: 3, n: 1 }),
      ];
      const settled = await Promise.allSettled(sends);
      expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    });
  });
}

async function expectNothing(cluster: { readAll(topic: string): Promise<readonly unknown[]> }) {
  for (const topic of Object.keys(allTopics)) expect(await cluster.readAll(topic), topic).toEqual([]);
}
