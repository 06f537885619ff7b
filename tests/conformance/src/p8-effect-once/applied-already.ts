import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { headerOf, laneOf, range, sameLane, until } from "../kit/world.js";
import { expectOutputs, ledger, logOf, outputsOf, runProjection } from "./ledger.js";
import { open, raw, unfinished } from "./opened.js";
import type { StoreHarness } from "./stores.js";

/** What comes again: by its id, by its offset, after a crash. */
export function appliedAlreadyTests(harness: Harness, stores: StoreHarness): void {
  describe("what was applied already", () => {
    it("a second event with the same id does nothing; on another topic it is another event", async () => {
      const { world, store } = await open(harness, stores);
      const producer = world.producer();
      const event_id = "0b0c3f6e-1111-4222-8333-444455556666";
      // All of it the same: with another content the id would be one that is reused.
      const event = { order_id: 7, n: 0, event_id, correlation_id: event_id, at: "2026-03-01T10:00:00.000Z" };
      await producer.paid(event);
      await producer.shipped({ order_id: 7, n: 1 });
      await producer.paid(event);
      await producer.shipped(event);
      await producer.paid({ order_id: 7, n: 2 });
      const { seen } = await runProjection(world, store);
      const log = ["paid 0", "shipped 1", "shipped 0", "paid 2"];
      await until(async () => expect(await logOf(store, 7)).toEqual(log));
      await until(() => expect(seen.ignored.map(({ reason }) => reason)).toEqual(["duplicate_id"]));
      const numbers = async () => (await outputsOf(world, 7)).map((output) => headerOf(output, "keyline-seq")).sort();
      await until(async () => expect(await numbers()).toEqual(range(1, 5).map((n) => `ledger#${n}`)));
    });

    it("another key's event with the same id is another event", async () => {
      const { world, store } = await open(harness, stores);
      const event_id = "0b0c3f6e-1111-4222-8333-444455556666";
      for (const order_id of sameLane(1, 3)) await world.producer().paid({ order_id, n: 0, event_id });
      await runProjection(world, store);
      for (const key of sameLane(1, 3)) await until(async () => expect(await logOf(store, key)).toEqual(["paid 0"]));
    });

    it("keys that finish out of order, then a crash: nothing twice, nothing lost", async () => {
      const { world, store } = await open(harness, stores);
      const [slow = 0, quick = 0] = sameLane(1, 2);
      const producer = world.producer();
      await producer.paid({ order_id: slow, n: 0 });
      for (const n of range(0, 5)) await producer.paid({ order_id: quick, n });
      let broken = true;
      const projection = ledger({
        before: (_, { order_id }) => {
          if (broken && order_id === slow) throw new Error("as the test says");
        },
      });
      const retry = { attempts: 100, firstDelayMs: 60_000, withinMs: 600_000 };
      const first = await runProjection(world, store, { projection, retry });
      await until(async () => expect(await logOf(store, quick)).toHaveLength(5));
      expect(await logOf(store, slow)).toEqual([]);
      await first.process.crash();
      broken = false;
      const second = await runProjection(world, store, { projection, retry });
      await until(async () => expect(await logOf(store, slow)).toEqual(["paid 0"]));
      await producer.paid({ order_id: quick, n: 5 });
      await until(async () => expect(await logOf(store, quick)).toEqual(range(0, 6).map((n) => `paid ${n}`)));
      await until(() =>
        expect(second.seen.ignored.map(({ reason }) => reason)).toEqual(range(0, 5).map(() => "applied_offset")),
      );
      await until(() => expectOutputs(world, quick, 6));
    });

    it("dead letters beyond an unfinished event, then a crash: no letter twice", async () => {
      const { world, store, writes, slow, others } = await unfinished(harness, stores);
      const [poisoned = 0, tail = 0] = others;
      const place = { topic: "orders.paid", partition: laneOf(slow) };
      await world.cluster.produceRaw({ ...place, key: String(poisoned), value: "no json" });
      await world.cluster.produceRaw({ ...place, value: "no key" });
      await raw(world, "orders.paid", tail, 2);
      const process = world.process();
      process.hold("orders.placed");
      await runProjection(world, store, { process });
      await until(async () => expect(await logOf(store, tail)).toEqual(["paid 2"]));
      // Two letters and the tail's output: what is still in the outbox at the crash is published again, under its number.
      await until(() => expect(writes.flatMap(({ changes }) => changes.outboxRemoved)).toHaveLength(3));
      expect(await logOf(store, slow)).toEqual([]);
      await process.crash();
      await runProjection(world, store);
      await until(async () => expect(await logOf(store, slow)).toEqual(["placed 0", "paid 1"]));
      await raw(world, "orders.paid", tail, 3);
      await until(async () => expect(await logOf(store, tail)).toEqual(["paid 2", "paid 3"]));
      await until(() => expectOutputs(world, tail, 2));
      const letters = async () =>
        (await world.cluster.readAll("orders.paid.dlq")).map((letter) => headerOf(letter, "keyline-error-offset"));
      await until(async () => expect((await letters()).sort()).toEqual(["1", "2"]));
    });

    it("an event that was given up beyond an unfinished one stays given up after a crash", async () => {
      const { world, store, writes, slow, others } = await unfinished(harness, stores);
      const [bad = 0] = others;
      await raw(world, "orders.paid", bad, 2);
      await raw(world, "orders.shipped", bad, 3);
      let broken = true;
      const projection = ledger({
        before: (_, { n }) => {
          if (broken && n === 2) throw new Error("as the test says");
        },
      });
      const process = world.process();
      process.hold("orders.placed");
      const retry = { attempts: 2, firstDelayMs: 5 };
      await runProjection(world, store, { projection, process, retry });
      await until(async () => expect(await logOf(store, bad)).toEqual(["shipped 3"]));
      await until(async () => expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1));
      // Else the crash comes before the letter is taken off the outbox, and it may be sent again.
      await until(() => expect(writes.some(({ changes }) => changes.outboxRemoved.length > 0)).toBe(true));
      await process.crash();
      broken = false;
      await runProjection(world, store, { projection, retry });
      await until(async () => expect(await logOf(store, slow)).toEqual(["placed 0", "paid 1"]));
      await raw(world, "orders.paid", bad, 4);
      await until(async () => expect(await logOf(store, bad)).toContain("paid 4"));
      expect(await logOf(store, bad)).toEqual(["shipped 3", "paid 4"]);
      expect(await world.cluster.readAll("orders.paid.dlq")).toHaveLength(1);
    });
  });
}
