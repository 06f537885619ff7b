import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { headerOf, keyOf, laneOf, openWorld, payloadOf, range, sameLane, until } from "../kit/world.js";
import {
  expectOutputs,
  type LedgerOptions,
  ledger,
  logOf,
  outputsOf,
  runProjection,
} from "../p8-effect-once/ledger.js";
import { type StoreHarness, watchedStore } from "../p8-effect-once/stores.js";

const app = { app: "ledger", domain: "orders" };
const minute = 60_000;
const startMs = Date.UTC(2026, 0, 1);

/** P7, in its form `hold`: the events of a key that failed wait in order, durably, until an operator releases them. */
export function holdSuite(harness: Harness, stores: StoreHarness): void {
  const open = async () => ({ world: await openWorld(harness), ...watchedStore(await stores.createStore()) });

  /** A reducer that fails at one event until it is fixed. */
  const poison = (isPoison: (name: string, n: number) => boolean, more: LedgerOptions = {}) => {
    const state = { broken: true };
    const projection = ledger({
      ...more,
      before: (name, event, ctx) => {
        if (state.broken && isPoison(name, event.n)) throw new Error("as the test says");
        more.before?.(name, event, ctx);
      },
    });
    return { projection, state };
  };
  const hold = { onFailure: "hold", retry: { attempts: 2, firstDelayMs: 1 } } as const;

  describe(`P7 hold, on ${stores.name}`, () => {
    it("a key that failed waits with all its later events, of every topic; other keys go on", async () => {
      const { world, store } = await open();
      const producer = world.producer();
      const [key = 0, other = 0] = sameLane(1, 2);
      const { projection, state } = poison((name, n) => name === "paid" && n === 1);
      for (const order_id of [key, other]) {
        await producer.placed({ order_id, n: 0 });
        await producer.paid({ order_id, n: order_id === key ? 1 : 2 });
        await producer.shipped({ order_id, n: 3 });
        await producer.placed({ order_id, n: 4 });
      }
      const { seen } = await runProjection(world, store, { projection, ...hold });
      await until(async () =>
        expect(await logOf(store, other)).toEqual(["placed 0", "paid 2", "shipped 3", "placed 4"]),
      );
      await until(() => expect(seen.parked).toHaveLength(3));
      expect(await logOf(store, key)).toEqual(["placed 0"]);
      expect(seen.parked.map(({ topic, key: of, error }) => [topic, of, error?.code])).toEqual([
        ["orders.paid", String(key), "handler_failed"],
        ["orders.shipped", String(key), undefined],
        ["orders.placed", String(key), undefined],
      ]);
      state.broken = false;
      expect(await store.askRelease(app, { key: String(key), action: "replay", by: "ada" })).toHaveLength(1);
      await until(async () => expect(await logOf(store, key)).toEqual(["placed 0", "paid 1", "shipped 3", "placed 4"]));
      await until(() =>
        expect(seen.releaseEnded).toMatchObject([{ key: String(key), by: "ada", result: "replayed 3" }]),
      );
      expect(seen.unparked.map(({ topic, as }) => [topic, as])).toEqual([
        ["orders.paid", "replayed"],
        ["orders.shipped", "replayed"],
        ["orders.placed", "replayed"],
      ]);
      await producer.paid({ order_id: key, n: 5 });
      await until(async () => expect(await logOf(store, key)).toHaveLength(5));
      await until(() => expectOutputs(world, key, 5));
      expect(await outputsOf(world, key)).toHaveLength(5);
      expect(seen.deadLettered).toEqual([]);
    });

    it("skip gives the first event to the dead letters, with its history, and replays the others", async () => {
      const { world, store } = await open();
      const producer = world.producer();
      const { projection } = poison((_, n) => n === 1);
      for (const n of range(0, 4)) await producer.placed({ order_id: 7, n });
      const { seen } = await runProjection(world, store, { projection, ...hold });
      await until(() => expect(seen.parked).toHaveLength(3));
      await store.askRelease(app, { key: "7", action: "skip", by: "ada" });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "placed 2", "placed 3"]));
      await until(() => expect(seen.releaseEnded).toMatchObject([{ result: "skipped 1, replayed 2" }]));
      await until(async () => expect(await world.cluster.readAll("orders.placed.dlq")).toHaveLength(1));
      const [letter] = await world.cluster.readAll("orders.placed.dlq");
      if (!letter) throw new Error("no letter");
      expect([keyOf(letter), payloadOf(letter).n]).toEqual(["7", 1]);
      expect(headerOf(letter, "keyline-error-code")).toBe("handler_failed");
      expect(headerOf(letter, "keyline-error-message")).toContain("skipped by ada");
      expect(headerOf(letter, "keyline-error-attempts")).toBe("2");
    });

    it("a replay that fails again stops there: what came before is applied, the rest stays in its order", async () => {
      const { world, store } = await open();
      const producer = world.producer();
      const { projection, state } = poison((_, n) => n === 1 || n === 3);
      for (const n of range(0, 5)) await producer.placed({ order_id: 7, n });
      const { seen } = await runProjection(world, store, { projection, ...hold });
      await until(() => expect(seen.parked).toHaveLength(4));
      await store.askRelease(app, { key: "7", action: "skip", by: "ada" });
      await until(() => expect(seen.releaseEnded).toHaveLength(1));
      expect(seen.releaseEnded[0]?.result).toMatch(/^stopped at orders\.placed\/\d+@3 after 2: .*as the test says/);
      expect(await logOf(store, 7)).toEqual(["placed 0", "placed 2"]);
      // The one that it stopped at had waited behind another: from now on it says why it waits.
      const [first, second] = await store.readParked({ ...app, lane: laneOf(7) }, "7", 2);
      const why = { code: "handler_failed", message: expect.stringContaining("as the test says"), attempts: 1 };
      expect(first).toMatchObject({ offset: 3, record: { failure: why } });
      expect(second).toMatchObject({ offset: 4, record: { failure: null } });
      state.broken = false;
      await store.askRelease(app, { key: "7", action: "replay", by: "ada" });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "placed 2", "placed 3", "placed 4"]));
    });

    it("what is parked outlives its process; the next owner parks behind it, and releases", async () => {
      const { world, store } = await open();
      const producer = world.producer();
      const { projection, state } = poison((_, n) => n === 0);
      for (const n of range(0, 2)) await producer.placed({ order_id: 7, n });
      const first = await runProjection(world, store, { projection, ...hold });
      await until(() => expect(first.seen.parked).toHaveLength(2));
      await first.process.crash();
      state.broken = false;
      await store.askRelease(app, { key: "7", action: "replay", by: "ada" });
      // Even one that does not hold any more keeps the order of what is parked.
      for (const n of range(2, 4)) await producer.paid({ order_id: 7, n });
      await runProjection(world, store, { projection });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "placed 1", "paid 2", "paid 3"]));
      await until(() => expectOutputs(world, 7, 4));
    });

    it("a crash in the middle of a release: the next owner goes on, each event applied once, new ones behind", async () => {
      const { world, store } = await open();
      const producer = world.producer();
      const { projection, state } = poison((_, n) => n === 0);
      for (const n of range(0, 6)) await producer.placed({ order_id: 7, n });
      let released = 0;
      const first = await runProjection(world, store, {
        projection,
        ...hold,
        faults: {
          async write(_, changes, forward) {
            if (changes.parkedRemoved.length > 0) released += 1;
            // The last but one is written, and its answer never comes.
            await forward();
            if (released === 5) await new Promise(() => undefined);
          },
        },
      });
      await until(() => expect(first.seen.parked).toHaveLength(6));
      state.broken = false;
      await store.askRelease(app, { key: "7", action: "replay", by: "ada" });
      await until(() => expect(released).toBe(5));
      await first.process.crash();
      for (const n of range(6, 9)) await producer.paid({ order_id: 7, n });
      const second = await runProjection(world, store, { projection, ...hold });
      const all = [...range(0, 6).map((n) => `placed ${n}`), ...range(6, 9).map((n) => `paid ${n}`)];
      await until(async () => expect(await logOf(store, 7)).toEqual(all));
      await until(() => expectOutputs(world, 7, 9));
      await until(() => expect(second.seen.releaseEnded).toHaveLength(1));
    });

    it("events that come while a key is released keep their place behind it", async () => {
      const { world, store } = await open();
      const producer = world.producer();
      const { projection, state } = poison((_, n) => n === 0);
      for (const n of range(0, 10)) await producer.placed({ order_id: 7, n });
      const { seen } = await runProjection(world, store, { projection, ...hold });
      await until(() => expect(seen.parked).toHaveLength(10));
      state.broken = false;
      await store.askRelease(app, { key: "7", action: "replay", by: "ada" });
      for (const n of range(10, 30)) await producer[n % 2 ? "paid" : "shipped"]({ order_id: 7, n });
      await until(async () => expect(await logOf(store, 7)).toHaveLength(30));
      expect((await logOf(store, 7)).map((line) => Number(line.split(" ")[1]))).toEqual(range(0, 30));
      await until(() => expectOutputs(world, 7, 30));
    });

    it("beyond the limit events go to the dead letters; the key stays parked, with what it has", async () => {
      const { world, store } = await open();
      const producer = world.producer();
      const { projection, state } = poison((_, n) => n === 0);
      for (const n of range(0, 5)) await producer.placed({ order_id: 7, n });
      const { seen } = await runProjection(world, store, { projection, ...hold, maxParked: 3 });
      await until(() => expect(seen.deadLettered).toHaveLength(2));
      expect(seen.deadLettered.map(({ error }) => error.code)).toEqual(["parked_full", "parked_full"]);
      await until(async () => expect(await world.cluster.readAll("orders.placed.dlq")).toHaveLength(2));
      state.broken = false;
      await store.askRelease(app, { key: "7", action: "replay", by: "ada" });
      await until(async () => expect(await logOf(store, 7)).toEqual(["placed 0", "placed 1", "placed 2"]));
    });

    it("the timers of a parked key do not fire; those that its release does not clear fire after it", async () => {
      const { world, store } = await open();
      const clock = { nowMs: startMs };
      const producer = world.producer();
      const [key = 0, other = 0] = sameLane(1, 2);
      const { projection, state } = poison((name, n) => name === "paid" && n === 1, {
        before: (name, event, ctx) => {
          if (name === "placed") ctx.timer.set("due", Date.parse(event.at) + 10 * minute);
          if (name === "shipped") ctx.timer.clear("due");
        },
      });
      const at = new Date(startMs).toISOString();
      for (const order_id of [key, other]) await producer.placed({ order_id, n: 0, at });
      await producer.paid({ order_id: key, n: 1, at });
      await producer.shipped({ order_id: key, n: 2, at });
      const { seen } = await runProjection(world, store, { projection, ...hold, clock: () => clock.nowMs });
      await until(() => expect(seen.parked).toHaveLength(2));
      clock.nowMs = startMs + 11 * minute;
      await until(async () => expect(await logOf(store, other)).toEqual(["placed 0", "timer due"]));
      expect(await logOf(store, key)).toEqual(["placed 0"]);
      state.broken = false;
      await store.askRelease(app, { key: String(key), action: "replay", by: "ada" });
      await until(async () => expect(await logOf(store, key)).toEqual(["placed 0", "paid 1", "shipped 2"]));
      expect(await store.readFirings(app, String(key))).toEqual([]);
    });

    it("nothing can be asked for a key of which nothing is parked", async () => {
      const { store } = await open();
      expect(await store.askRelease(app, { key: "7", action: "skip", by: "ada" })).toEqual([]);
    });
  });
}
