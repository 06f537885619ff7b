import type { RecordPosition } from "@keyline/runtime";
import { formatAfter, parseAfter } from "@keyline/runtime/tools";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { openReader } from "../kit/reader.js";
import { seeds } from "../kit/seeds.js";
import { headerOf, laneOf, openWorld, range, rawOrder, sameLane, until } from "../kit/world.js";
import { expectHeld, fail, raw } from "./events.js";
import { randomHistory } from "./history.js";
import { ignoredHeaderTests } from "./ignored-headers.js";
import { missingCauseTests } from "./missing-causes.js";
import { openTransactionTests } from "./open-transactions.js";
import { readLaneTests } from "./read-lane.js";
import { standInTests } from "./stand-ins.js";

/** P6: an event is never handled before the event of its key that caused it, though they are on different topics. */
export function causalitySuite(harness: Harness): void {
  describe("P6 causality", () => {
    it("an effect fetched rounds before its cause is held until the cause is handled; other keys pass", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [key = 0, other = 0] = sameLane(1, 2);
      const cause = await producer.placed({ order_id: key, n: 0 });
      const effect = await producer.paid({ order_id: key, n: 1 });
      await producer.paid({ order_id: other, n: 2 }, {});
      const process = world.process();
      const release = process.hold("orders.placed");
      const { recorder, seen } = await openReader(world, { process });
      // Another key of the lane, sent by a process that knows nothing of the lane, passes.
      await world.cluster.produceRaw({
        topic: "orders.paid",
        partition: laneOf(other),
        key: String(other),
        value: rawOrder(other, 3),
      });
      await until(() => expect(seen.held.map(({ key }) => key)).toContain(String(key)));
      const sentinel = sameLane(1, 3)[2] ?? 0;
      await raw(world, "orders.shipped", sentinel, 4);
      await until(() => expect(recorder.of(sentinel)).toEqual([4]));
      expect(recorder.of(key)).toEqual([]);
      release();
      await until(() => expect(recorder.of(key)).toEqual([0, 1]));
      const place = ({ topic, partition, offset }: RecordPosition) => ({ topic, partition, offset });
      expect(seen.held.find(({ key: held }) => held === String(key))).toEqual({
        ...place(effect),
        group: "readers",
        key: String(key),
        cause: place(cause),
      });
      expect(seen.released.filter(({ key: held }) => held === String(key))).toHaveLength(1);
      await until(() => expect(recorder.of(other)).toEqual([2, 3]));
    });

    it("every event names the newest of each other topic that its key had before", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const sent = [];
      for (const [n, name] of (["placed", "paid", "placed", "shipped", "paid"] as const).entries())
        sent.push(await producer[name]({ order_id: 7, n }));
      const [, , placed, shipped] = sent;
      const records = await world.cluster.readAll("orders.paid");
      const last = records.at(-1);
      expect(parseAfter((last && headerOf(last, "keyline-after")) ?? null).entries).toEqual(
        expect.arrayContaining(
          [placed, shipped].map((one) => ({ topic: one?.topic, partition: one?.partition, offset: one?.offset })),
        ),
      );
      expect(last && headerOf(last, "keyline-cluster")).toBe(await world.process().transport.clusterId());
      expect(records[0] && headerOf(records[0], "keyline-after")).toBe(
        formatAfter([{ topic: "orders.placed", partition: laneOf(7), offset: 0 }]),
      );
    });

    describe("causes are transitive", () => {
      it("through the events of one producer, over a topic that the reader does not read", async () => {
        const world = await openWorld(harness);
        const producer = world.producer();
        for (const [n, name] of (["placed", "paid", "shipped"] as const).entries())
          await producer[name]({ order_id: 7, n });
        await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "shipped"], order: [0, 2] });
      });

      it("through a handler that does not read the first cause's topic itself", async () => {
        const world = await openWorld(harness);
        const middle = world.producer();
        // It knows the key from before, so that nothing stands in for what it does not know.
        await middle.shipped({ order_id: 7, n: -1 });
        const origin = world.producer();
        await openReader(world, {
          groupId: "middle",
          names: ["paid"],
          run: async () => void (await middle.shipped({ order_id: 7, n: 2 })),
        });
        await origin.placed({ order_id: 7, n: 0 });
        await origin.paid({ order_id: 7, n: 1 });
        await until(async () => expect(await world.cluster.readAll("orders.shipped")).toHaveLength(2));
        await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "shipped"], order: [-1, 0, 2] });
      });
    });

    it("what a handler sends comes after what it handles and carries its correlation id", async () => {
      const world = await openWorld(harness);
      const middle = world.producer();
      await middle.paid({ order_id: 7, n: -1 });
      await openReader(world, {
        groupId: "middle",
        names: ["placed"],
        run: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          await middle.paid({ order_id: 7, n: 1 });
        },
      });
      const correlation_id = "7b1f6a52-2f0b-4a8e-9d52-0c9f5f4f7a11";
      await world.producer().placed({ order_id: 7, n: 0, correlation_id });
      await until(async () => expect(await world.cluster.readAll("orders.paid")).toHaveLength(2));
      const effect = (await world.cluster.readAll("orders.paid")).at(-1);
      expect(JSON.parse(Buffer.from(effect?.value ?? []).toString()).correlation_id).toBe(correlation_id);
      await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [-1, 0, 1] });
    });

    standInTests(harness);

    it("`after` carries a cause from one process to another", async () => {
      const world = await openWorld(harness);
      const second = world.producer();
      await second.paid({ order_id: 7, n: -1 });
      const cause = await world.producer().placed({ order_id: 7, n: 0 });
      await second.paid({ order_id: 7, n: 1 }, { after: cause });
      await expectHeld(world, 7, { hold: "orders.placed", names: ["placed", "paid"], order: [-1, 0, 1] });
    });

    ignoredHeaderTests(harness);

    missingCauseTests(harness);

    openTransactionTests(harness);

    it("a cause one fetch behind a full buffer of its effects is reached", async () => {
      const world = await openWorld(harness);
      const [key = 0, other = 0] = sameLane(1, 2);
      const first = world.producer();
      await Promise.all(range(0, 60).map((n) => first.placed({ order_id: other, n })));
      const producer = world.producer();
      await producer.placed({ order_id: key, n: 0 });
      await Promise.all(range(1, 61).map((n) => producer.paid({ order_id: key, n })));
      const process = world.process({ maxRecordsPerFetch: 2 });
      const release = process.hold("orders.placed");
      const { recorder } = await openReader(world, { process, bufferBytes: 20_000, names: ["placed", "paid"] });
      await until(() => expect(process.paused).toContain(`orders.paid/${laneOf(key)}`));
      release();
      await until(() => expect(recorder.of(key)).toEqual(range(0, 61)));
      expect(recorder.of(other)).toEqual(range(0, 60));
    });

    it("other keys pass events that are held, however many there are", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      const [held = 0, other = 0] = sameLane(1, 2);
      await producer.placed({ order_id: held, n: 0 });
      await Promise.all(range(1, 201).map((n) => producer.paid({ order_id: held, n })));
      await raw(world, "orders.paid", other, 0);
      const process = world.process({ maxRecordsPerFetch: 5 });
      const release = process.hold("orders.placed");
      const { recorder } = await openReader(world, { process, bufferRecords: 10, names: ["placed", "paid"] });
      await until(() => expect(recorder.of(other)).toEqual([0]));
      expect(recorder.of(held)).toEqual([]);
      release();
      await until(() => expect(recorder.of(held)).toEqual(range(0, 201)));
    });

    it("two topics full of effects of each other's events are both read to their ends", async () => {
      const world = await openWorld(harness);
      const [one = 0, two = 0] = sameLane(1, 2);
      const producer = world.producer();
      for (const n of range(0, 40)) {
        await producer[n % 2 === 0 ? "placed" : "paid"]({ order_id: one, n });
        await producer[n % 2 === 0 ? "paid" : "placed"]({ order_id: two, n });
      }
      const { recorder } = await openReader(world, {
        process: world.process({ maxRecordsPerFetch: 1 }),
        bufferRecords: 1,
        names: ["placed", "paid"],
      });
      for (const key of [one, two]) await until(() => expect(recorder.of(key)).toEqual(range(0, 40)));
    });

    it("a cause that was dead-lettered counts as finished; until then its effect waits", async () => {
      const world = await openWorld(harness);
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0 });
      await producer.paid({ order_id: 7, n: 1 });
      const { recorder, seen } = await openReader(world, {
        retry: { attempts: 3, firstDelayMs: 5 },
        run: ({ n }) => fail(n === 0),
      });
      await until(() => expect(recorder.of(7)).toEqual([0, 0, 0, 1]));
      expect(seen.deadLettered.map(({ offset, topic }) => `${topic}@${offset}`)).toEqual(["orders.placed@0"]);
    });

    it("a cause of another cluster is not passed on as one of this cluster, though the handler names an `after` too", async () => {
      const far = await openWorld(harness);
      const near = await openWorld(harness);
      const producer = near.producer();
      const cause = await producer.placed({ order_id: 7, n: 0 });
      for (const n of range(0, 5)) await raw(far, "orders.placed", 7, n);
      await openReader(far, {
        names: ["placed"],
        run: async ({ n }) => void (n === 4 && (await producer.paid({ order_id: 7, n: 1 }, { after: cause }))),
      });
      await until(async () => expect(await near.cluster.readAll("orders.paid")).toHaveLength(1));
      const [record] = await near.cluster.readAll("orders.paid");
      expect(record && headerOf(record, "keyline-after")).toBe(`orders.placed/${cause.partition}@${cause.offset}`);
    });

    for (const seed of seeds(20, harness)) {
      it(`random histories of several writers are handled in causal order (seed ${seed})`, () =>
        randomHistory(harness, seed));
    }

    readLaneTests(harness);
  });
}
