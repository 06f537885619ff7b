import { DoNotRetry } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { headerOf, keyOf, payloadOf, range, sameLane, until } from "../kit/world.js";
import { expectOutputs, ledger, logOf, outputsOf, runProjection } from "./ledger.js";
import { lines, open, storeDown, write } from "./opened.js";
import type { StoreHarness } from "./stores.js";

/** P7 for projections: with a store, dead letters are part of the transaction. */
export function failingReducerTests(harness: Harness, stores: StoreHarness): void {
  describe("a failing reducer", () => {
    it("is tried again; then its event goes to the dead letters in the same transaction, and only its key waited", async () => {
      const { world, store } = await open(harness, stores);
      const [bad = 0, good = 0] = sameLane(1, 2);
      const producer = world.producer();
      for (const n of range(0, 3)) await producer.paid({ order_id: bad, n });
      for (const n of range(0, 3)) await producer.paid({ order_id: good, n });
      const projection = ledger({
        before: (_, { order_id, n }) => {
          if (order_id === bad && n === 1) throw new Error("as the test says");
        },
      });
      const { seen } = await runProjection(world, store, { projection, retry: { attempts: 3, firstDelayMs: 5 } });
      await until(async () => expect(await logOf(store, bad)).toEqual(["paid 0", "paid 2"]));
      expect(await logOf(store, good)).toEqual(["paid 0", "paid 1", "paid 2"]);
      await until(() => expect(seen.retried.map(({ attempt }) => attempt)).toEqual([1, 2]));
      await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
      const [letter] = await world.cluster.readAll("orders.paid.dlq");
      expect(letter && [keyOf(letter), payloadOf(letter).n]).toEqual([String(bad), 1]);
      expect(letter && headerOf(letter, "keyline-error-attempts")).toBe("3");
      await until(() => expectOutputs(world, bad, 2));
    });

    it("that no second try mends is given up at once", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 3);
      const projection = ledger({
        before: (_, { n }) => {
          if (n === 1) throw new DoNotRetry("no such module");
        },
      });
      const { seen } = await runProjection(world, store, {
        projection,
        retry: { firstDelayMs: 60_000, withinMs: 1e9 },
      });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "shipped 2"]));
      // A letter is told when its topic has it, after the transaction that the log above shows.
      await until(() =>
        expect(seen.deadLettered.map(({ error }) => error.rawMessage)).toEqual([
          expect.stringContaining("no such module"),
        ]),
      );
      expect(seen.retried).toEqual([]);
    });

    it("holds back none of the events that its key had before it", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 3);
      const projection = ledger({
        before: (_, { n }) => {
          if (n === 2) throw new Error("as the test says");
        },
      });
      const { seen } = await runProjection(world, store, {
        projection,
        retry: { attempts: 100, firstDelayMs: 20, withinMs: 1e9 },
      });
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 2)));
      await until(() => expect(seen.retried.length).toBeGreaterThan(1));
      expect(seen.deadLettered).toEqual([]);
    });

    it("that spoils its state before it throws leaves no trace", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 3);
      let failures = 2;
      const projection = ledger({
        before: (_, { n }, ctx) => {
          if (n !== 1) return;
          ctx.emit.invoiced({ order_id: 7, n: 999 });
          ctx.timer.set("spoiled", 0);
          if (failures-- > 0) throw new Error("as the test says");
        },
        emits: false,
      });
      await runProjection(world, store, { projection, timers: "events" });
      await until(async () =>
        expect(await logOf(store, 7)).toEqual(["placed 0", "paid 1", "timer spoiled", "shipped 2"]),
      );
      await until(async () =>
        expect((await outputsOf(world, 7)).map((record) => headerOf(record, "keyline-seq"))).toEqual(["ledger#1"]),
      );
    });

    it("a letter is counted when its transaction is written, not once for every try", async () => {
      const { world, store } = await open(harness, stores);
      await world.cluster.produceRaw({ topic: "orders.paid", partition: 0, value: "poison" });
      let left = 2;
      const { seen } = await runProjection(world, store, {
        faults: { write: (_, __, forward) => (left-- > 0 ? Promise.reject(storeDown()) : forward()) },
      });
      await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
      await until(() => expect(seen.deadLettered).toHaveLength(1));
    });

    it("a letter that is published again, by an owner that cannot know of the first, is equal to it and names its record", async () => {
      const { world, store } = await open(harness, stores);
      await world.cluster.produceRaw({ topic: "orders.paid", partition: 0, value: "poison" });
      const letters = () => world.cluster.readAll("orders.paid.dlq");
      const first = await runProjection(world, store, {
        faults: { write: (_, { outboxRemoved }, forward) => (outboxRemoved.length > 0 ? never() : forward()) },
      });
      await until(async () => expect(await letters()).toHaveLength(1));
      await first.process.crash();
      await runProjection(world, store, {});
      await until(async () => expect(await letters()).toHaveLength(2));
      const [published, again] = (await letters()).map(({ key, value, headers }) => ({ key, value, headers }));
      expect(again).toEqual(published);
      const [letter] = await letters();
      const named = ["group", "topic", "partition", "offset"].map(
        (name) => letter && headerOf(letter, `keyline-error-${name}`),
      );
      expect(named).toEqual(["ledger", "orders.paid", "0", "0"]);
    });
  });
}

const never = () => new Promise<never>(() => undefined);
