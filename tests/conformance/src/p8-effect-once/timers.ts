import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { needing } from "../kit/needing.js";
import { lanes } from "../kit/orders.js";
import { onlyLane } from "../kit/process.js";
import { laneOf, openWorld, payloadOf, range, rawOrder, sameLane, until } from "../kit/world.js";
import { expectOutputs, type LedgerOptions, ledger, logOf, outputsOf, runProjection } from "./ledger.js";
import { type StoreHarness, watchedStore } from "./stores.js";

const startMs = Date.UTC(2026, 0, 1);
const minute = 60_000;
const at = (minutes: number) => new Date(startMs + minutes * minute).toISOString();

/** `placed` sets the timer `due` ten minutes after it; `paid` clears it. */
const deadline: NonNullable<LedgerOptions["before"]> = (name, event, ctx) => {
  if (name === "placed") ctx.timer.set("due", Date.parse(event.at) + 10 * minute);
  if (name === "paid") ctx.timer.clear("due");
};

/** Timers: part of the transaction, in order with the key's events. */
export function timerTests(harness: Harness, stores: StoreHarness): void {
  const open = async () => {
    const world = await openWorld(harness);
    const watched = watchedStore(await stores.createStore());
    const clock = { nowMs: startMs };
    return { world, ...watched, clock, wall: () => clock.nowMs };
  };

  describe("timers", () => {
    it("that are due before an event fire before it, in order of their due times; one due at its time does not", async () => {
      const { world, store } = await open();
      const projection = ledger({
        before: (name, event, ctx) => {
          if (name !== "placed") return;
          for (const [timer, minutes] of [
            ["c", 30],
            ["a", 10],
            ["b", 20],
          ] as const)
            ctx.timer.set(timer, Date.parse(event.at) + minutes * minute);
        },
      });
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0, at: at(0) });
      await producer.shipped({ order_id: 7, n: 1, at: at(5) });
      await producer.shipped({ order_id: 7, n: 2, at: at(20) });
      await producer.shipped({ order_id: 7, n: 3, at: at(60) });
      await runProjection(world, store, { projection, timers: "events" });
      const expected = ["placed 0", "shipped 1", "timer a", "shipped 2", "timer b", "timer c", "shipped 3"];
      await until(async () => expect(await logOf(store, 7)).toEqual(expected));
    });

    it("fire by the wall clock, once, when nothing comes, over restarts too", async () => {
      const { world, store, clock, wall } = await open();
      const projection = ledger({
        before: deadline,
        emits: false,
        onTimer: (_, ctx) => ctx.emit.rated({ order_id: 7, n: 1 }),
      });
      await world.producer().placed({ order_id: 7, n: 0, at: at(0) });
      const first = await runProjection(world, store, { projection, clock: wall });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0"]));
      await first.process.crash();
      clock.nowMs = startMs + 11 * minute;
      const second = await runProjection(world, store, { projection, clock: wall });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "timer due"]));
      await until(() => expectOutputs(world, 7, 1));
      await second.process.crash();
      await runProjection(world, store, { projection, clock: wall });
      await world.producer().shipped({ order_id: 7, n: 1, at: at(30) });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "timer due", "shipped 1"]));
      expect(await outputsOf(world, 7)).toHaveLength(1);
    });

    it("that the clock fired are kept with what of the log was applied before, and those that an event fired are not", async () => {
      const { world, store, clock, wall } = await open();
      const projection = ledger({ before: deadline });
      const producer = world.producer();
      const placed = await producer.placed({ order_id: 7, n: 0, at: at(0) });
      await runProjection(world, store, { projection, clock: wall });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0"]));
      clock.nowMs = startMs + 11 * minute;
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "timer due"]));
      await producer.placed({ order_id: 7, n: 1, at: at(12) });
      await producer.shipped({ order_id: 7, n: 2, at: at(60) });
      const all = ["placed 0", "timer due", "placed 1", "timer due", "shipped 2"];
      await until(async () => expect(await logOf(store, 7)).toEqual(all));
      const app = { app: projection.name, domain: "orders" };
      const firings = await store.readFirings(app, "7");
      expect(firings).toMatchObject([
        { key: "7", beforeMs: clock.nowMs, timers: [{ name: "due", dueAtMs: startMs + 10 * minute }] },
      ]);
      const below = new Map(firings[0]?.below.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
      expect(below.get(`orders.placed/${placed.partition}`)).toBe(placed.offset + 1);
      expect(below.get(`orders.shipped/${placed.partition}`)).toBe(0);
    });

    it("by the wall clock never overtake an event that is in the log already", async () => {
      const { world, store, clock, wall } = await open();
      const process = world.process();
      const projection = ledger({ before: deadline });
      const [key = 0, probe = 0] = sameLane(7, 2);
      await world.producer().placed({ order_id: key, n: 0, at: at(0) });
      await runProjection(world, store, { projection, process, clock: wall });
      await until(async () => expect(await logOf(store, key)).toEqual(["placed 0"]));
      const release = process.hold("orders.paid");
      await world.producer().paid({ order_id: key, n: 1, at: at(5) });
      clock.nowMs = startMs + 20 * minute;
      // Long enough for the clock to be looked at: another key's events go through meanwhile.
      await world.cluster.produceRaw({
        topic: "orders.placed",
        partition: laneOf(probe),
        key: String(probe),
        value: rawOrder(probe, 0, { at: at(19) }),
      });
      for (const n of range(1, 8)) {
        await world.cluster.produceRaw({
          topic: "orders.shipped",
          partition: laneOf(probe),
          key: String(probe),
          value: rawOrder(probe, n, { at: at(19) }),
        });
        await until(async () => expect(await logOf(store, probe)).toHaveLength(n + 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await logOf(store, key)).toEqual(["placed 0"]);
      release();
      await until(async () => expect(await logOf(store, key)).toEqual(["placed 0", "paid 1"]));
    });

    needing(harness, "open-transactions")(
      "by the wall clock never overtake an event that lies behind another producer's open transaction",
      async () => {
        const { world, store, clock, wall } = await open();
        const producer = world.producer();
        await producer.placed({ order_id: 7, n: 0, at: at(0) });
        await runProjection(world, store, { projection: ledger({ before: deadline }), clock: wall });
        await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0"]));
        const end = await faultsOf(world.cluster).openTransaction({ topic: "orders.paid", partition: laneOf(7) });
        await producer.paid({ order_id: 7, n: 1, at: at(5) });
        clock.nowMs = startMs + 20 * minute;
        // Long enough for the clock to be looked at, more than once.
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(await logOf(store, 7)).toEqual(["placed 0"]);
        await end();
        await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "paid 1"]));
      },
    );

    it("by the wall clock wait for an event of their key that is held or tried again", async () => {
      const { world, store, clock, wall } = await open();
      let broken = true;
      const projection = ledger({
        before: (name, event, ctx) => {
          if (broken && name === "paid") throw new Error("as the test says");
          deadline(name, event, ctx);
        },
      });
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0, at: at(0) });
      await producer.paid({ order_id: 7, n: 1, at: at(5) });
      const { seen } = await runProjection(world, store, {
        projection,
        clock: wall,
        retry: { attempts: 100, firstDelayMs: 20, withinMs: 1e9 },
      });
      await until(() => expect(seen.retried.length).toBeGreaterThan(0));
      clock.nowMs = startMs + 20 * minute;
      await until(() => expect(seen.retried.length).toBeGreaterThan(3));
      expect(await logOf(store, 7)).toEqual(["placed 0"]);
      broken = false;
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "paid 1"]));
    });

    it("are not moved by an event that was applied before", async () => {
      const { world, store } = await open();
      const event_id = "0b0c3f6e-1111-4222-8333-444455556666";
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0, at: at(0) });
      await producer.shipped({ order_id: 7, n: 1, at: at(1), event_id });
      // The same event again, said to be of a later time.
      await producer.shipped({ order_id: 7, n: 1, at: at(59), event_id });
      await producer.paid({ order_id: 7, n: 2, at: at(2) });
      await producer.shipped({ order_id: 7, n: 3, at: at(60) });
      await runProjection(world, store, { projection: ledger({ before: deadline }), timers: "events" });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "shipped 1", "paid 2", "shipped 3"]));
    });

    it("that a replay fires by events instead of by the clock give the same ids to all that is emitted", async () => {
      const ids = async (byClock: boolean) => {
        const { world, store, clock, wall } = await open();
        const projection = ledger({ before: deadline, onTimer: (_, ctx) => ctx.emit.rated({ order_id: 7, n: 50 }) });
        const producer = world.producer();
        const id = (n: number) => `0b0c3f6e-1111-4222-8333-44445555000${n}`;
        await producer.placed({ order_id: 7, n: 0, at: at(0), event_id: id(0) });
        const running = byClock ? await runProjection(world, store, { projection, clock: wall }) : null;
        clock.nowMs = startMs + 11 * minute;
        if (running) await until(async () => expect(await logOf(store, 7)).toHaveLength(2));
        await producer.placed({ order_id: 7, n: 1, at: at(30), event_id: id(1) });
        if (!running) await runProjection(world, store, { projection, timers: "events" });
        await until(async () => expect(await outputsOf(world, 7)).toHaveLength(3));
        return (await outputsOf(world, 7)).map((record) => payloadOf(record).event_id).sort();
      };
      expect(await ids(true)).toEqual(await ids(false));
    });

    it("that keep failing are dropped; set again by a later event they are there again", async () => {
      const { world, store } = await open();
      let failing = true;
      const projection = ledger({
        before: (name, event, ctx) => {
          if (name === "placed") ctx.timer.set("due", Date.parse(event.at) + minute);
        },
        onTimer: () => {
          if (failing) throw new Error("as the test says");
        },
      });
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0, at: at(0) });
      await producer.placed({ order_id: 7, n: 1, at: at(10) });
      await producer.shipped({ order_id: 7, n: 2, at: at(10.5) });
      const { seen } = await runProjection(world, store, {
        projection,
        timers: "events",
        retry: { attempts: 2, firstDelayMs: 5 },
      });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "placed 1", "shipped 2"]));
      await until(() =>
        expect(seen.timerDropped.map(({ key, timer, error }) => [key, timer, error.code])).toEqual([
          ["7", "due", "timer_failed"],
        ]),
      );
      failing = false;
      await producer.shipped({ order_id: 7, n: 3, at: at(20) });
      await until(async () =>
        expect(await logOf(store, 7)).toEqual(["placed 0", "placed 1", "shipped 2", "timer due", "shipped 3"]),
      );
    });

    it("set by an event on a wrong partition fire on the key's own lane, which looks at its own log first", async () => {
      const { world, store, clock, wall } = await open();
      const wrong = (laneOf(7) + 1) % lanes;
      const projection = ledger({ before: deadline });
      await world.cluster.produceRaw({
        topic: "orders.placed",
        partition: wrong,
        key: "7",
        value: rawOrder(7, 0, { at: at(0) }),
      });
      // In the home lane's log lies already what clears the timer; the home lane's owner is slow.
      await world.cluster.produceRaw({
        topic: "orders.paid",
        partition: laneOf(7),
        key: "7",
        value: rawOrder(7, 1, { at: at(5) }),
      });
      await runProjection(world, store, { projection, clock: wall, process: onlyLane(world.process(), wrong) });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0"]));
      clock.nowMs = startMs + 20 * minute;
      await until(async () => expect(await logOf(store, 7)).toContain("timer due"), 400).catch(() => undefined);
      expect(await logOf(store, 7)).toEqual(["placed 0"]);
      await runProjection(world, store, {
        projection,
        clock: wall,
        groupId: "home",
        process: onlyLane(world.process(), laneOf(7)),
      });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "paid 1"]));
    });

    it("set by an event on a wrong partition fire though the key's own lane is idle", async () => {
      const { world, store, clock, wall } = await open();
      const wrong = (laneOf(7) + 1) % lanes;
      const projection = ledger({ before: deadline });
      await runProjection(world, store, { projection, clock: wall });
      await world.cluster.produceRaw({
        topic: "orders.placed",
        partition: wrong,
        key: "7",
        value: rawOrder(7, 0, { at: at(0) }),
      });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0"]));
      clock.nowMs = startMs + 20 * minute;
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "timer due"]));
    });
  });
}
