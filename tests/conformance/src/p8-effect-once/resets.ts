import type { Store } from "@keyline/runtime";
import { describe, expect, it } from "vitest";
import { faultsOf, type Harness } from "../harness.js";
import { lettersOf, redelivered } from "../kit/letters.js";
import { needing } from "../kit/needing.js";
import { lanes } from "../kit/orders.js";
import { laneOf, openWorld, payloadOf, range, rawOrder, sameLane, until, type World } from "../kit/world.js";
import {
  books,
  expectOutputs,
  type LedgerOptions,
  ledger,
  logOf,
  outputsOf,
  type RunOptions,
  runProjection,
} from "./ledger.js";
import { lines, open, write } from "./opened.js";
import type { StoreHarness } from "./stores.js";

const startMs = Date.UTC(2026, 0, 1);
const minute = 60_000;
const at = (minutes: number) => new Date(startMs + minutes * minute).toISOString();

/** Resets the lanes of a projection; all where none are named. */
const reset = (store: Store, more: Partial<Parameters<Store["resetLanes"]>[0]> = {}) =>
  store.resetLanes({
    ...{ app: "ledger", domain: "orders", lanes: range(0, lanes), replaced: [], publish: false, by: "ada" },
    nowMs: startMs + 60 * minute,
    ...more,
  });

/** Runs the projection until everything is applied and published, then ends its process. */
async function runToEnd(world: World, store: Store, options: RunOptions = {}) {
  const run = await runProjection(world, store, options);
  await until(() => run.projector.caughtUp());
  await run.process.crash();
  return run;
}

/** The outputs of a key that a projection has applied, in order. */
async function readOf(world: World, store: Store, key: number): Promise<readonly number[]> {
  await runToEnd(world, store, { projection: books() });
  return (await logOf(store, key, "books")).map((line) => Number(line.split(" ")[1]));
}

const numbersOf = async (world: World, key: number) =>
  (await outputsOf(world, key)).map((record) => payloadOf(record).n).sort((a, b) => a - b);

/** P8, where a projection is reset: what was published is not published again, and what is new is, with the next number. */
export function resetSuite(harness: Harness, stores: StoreHarness): void {
  describe(`P8 effect once, of a projection that is reset, on ${stores.name}`, () => {
    resetTests(harness, stores);
    keyTests(harness, stores);
  });
}

function resetTests(harness: Harness, stores: StoreHarness): void {
  describe("all of it", () => {
    it("applies everything again, publishes nothing a second time, and what is new reaches its reader", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 6);
      await runToEnd(world, store);
      expect(await readOf(world, store, 7)).toHaveLength(6);
      const done = await reset(store);
      expect(done.map(({ lane }) => lane)).toEqual(range(0, lanes));
      expect(done.find(({ lane }) => lane === laneOf(7))).toEqual({ lane: laneOf(7), epoch: 2, keys: 1 });
      expect(await logOf(store, 7)).toEqual([]);
      await runToEnd(world, store);
      expect(await logOf(store, 7)).toEqual(lines(0, 6));
      expect(await numbersOf(world, 7)).toEqual(range(1, 7));
      await write(world, [7], 6, 9);
      await runToEnd(world, store);
      expect(await numbersOf(world, 7)).toEqual(range(1, 10));
      await expectOutputs(world, 7, 9);
      expect(await readOf(world, store, 7)).toHaveLength(9);
    });

    it("by a corrected reducer that emits fewer: what it emits from now on reaches its reader", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 6);
      await runToEnd(world, store);
      await readOf(world, store, 7);
      await reset(store);
      const corrected = ledger({
        emits: false,
        before: (name, { order_id, n }, ctx) => {
          if (name === "shipped") ctx.emit.rated({ order_id, n: 100 + n });
        },
      });
      await runToEnd(world, store, { projection: corrected });
      expect(await numbersOf(world, 7)).toEqual(range(1, 7));
      await write(world, [7], 6, 12);
      await runToEnd(world, store, { projection: corrected });
      const genuine = range(6, 12).flatMap((n) => (lines(n, n + 1)[0]?.startsWith("shipped") ? [100 + n] : []));
      expect(genuine.length).toBeGreaterThan(0);
      expect((await readOf(world, store, 7)).filter((n) => n >= 100)).toEqual(genuine);
    });

    needing(harness, "expire-records")("from logs that have lost their beginnings: numbers go on", async () => {
      const world = await openWorld(harness, { ownTopics: true });
      const store = await stores.createStore();
      await write(world, [7], 0, 6);
      await runToEnd(world, store);
      await readOf(world, store, 7);
      for (const topic of ["orders.placed", "orders.paid", "orders.shipped"])
        await faultsOf(world.cluster).expire({ topic, partition: laneOf(7) }, 2);
      await reset(store);
      await runToEnd(world, store);
      expect(await logOf(store, 7)).toEqual([]);
      await write(world, [7], 6, 9);
      await runToEnd(world, store);
      expect(await logOf(store, 7)).toEqual(lines(6, 9));
      expect(await readOf(world, store, 7)).toHaveLength(9);
    });

    needing(harness, "expire-records")(
      "from a log that has lost an event that was refused: a replay of its dead letter is applied, once",
      async () => {
        const world = await openWorld(harness, { ownTopics: true });
        const store = await stores.createStore();
        const refusing = ledger({
          before: (_, { n }) => {
            if (n === 1 || n === 4) throw new Error("as the test says");
          },
        });
        await write(world, [7], 0, 6);
        const run = await runProjection(world, store, { projection: refusing, retry: { attempts: 1 } });
        // Both lie on `paid`.
        const letters = await lettersOf(world, "orders.paid", 2);
        await until(() => run.projector.caughtUp());
        await run.process.crash();
        await faultsOf(world.cluster).expire({ topic: "orders.paid", partition: laneOf(7) }, 1);
        await reset(store, { begins: [{ topic: "orders.paid", partition: laneOf(7), offset: 1 }] });
        for (const letter of [...letters, ...letters]) await world.cluster.produceRaw(redelivered(letter));
        await runToEnd(world, store);
        const log = await logOf(store, 7);
        expect([...log].sort()).toEqual([...lines(0, 6)].sort());
        // The one comes by its replay, the other from the log, where it always was.
        expect(log.indexOf("paid 1")).toBeGreaterThan(log.indexOf("paid 4"));
      },
    );

    it("publishes first what waited, and each once", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 5);
      const process = world.process();
      process.block("orders.invoiced");
      process.block("orders.rated");
      const first = await runProjection(world, store, { process });
      await until(async () => expect(await logOf(store, 7)).toEqual(lines(0, 5)));
      await first.process.crash();
      await reset(store);
      await runToEnd(world, store);
      expect(await numbersOf(world, 7)).toEqual(range(1, 6));
      expect(await readOf(world, store, 7)).toHaveLength(5);
    });

    it("twice, the second time before all is applied again: silent as far as the first time", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 6);
      await runToEnd(world, store);
      await reset(store);
      const half = await runProjection(world, store, {
        maxBatchEvents: 1,
        faults: {
          write: (_, changes, forward) =>
            changes.states.some(({ version }) => version >= 4) ? new Promise(() => undefined) : forward(),
        },
      });
      await until(async () => expect((await logOf(store, 7)).length).toBeGreaterThan(1));
      await half.process.crash();
      await reset(store);
      await runToEnd(world, store);
      expect(await logOf(store, 7)).toEqual(lines(0, 6));
      expect(await numbersOf(world, 7)).toEqual(range(1, 7));
    });

    it("with `publish`: everything that is emitted again is published, under new numbers", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 3);
      await runToEnd(world, store);
      await reset(store, { publish: true });
      await runToEnd(world, store);
      expect(await numbersOf(world, 7)).toEqual([1, 1, 2, 2, 3, 3]);
      // Its reader knows the ids.
      expect(await readOf(world, store, 7)).toHaveLength(3);
    });

    it("of one lane: the others go on where they stand", async () => {
      const { world, store } = await open(harness, stores);
      const other = range(8, 100).find((key) => laneOf(key) !== laneOf(7)) ?? 0;
      await write(world, [7, other], 0, 3);
      await runToEnd(world, store);
      expect(await reset(store, { lanes: [laneOf(7)] })).toEqual([{ lane: laneOf(7), epoch: 2, keys: 1 }]);
      expect(await logOf(store, 7)).toEqual([]);
      expect(await logOf(store, other)).toEqual(lines(0, 3));
      const { seen } = await runToEnd(world, store);
      expect(seen.handled.every(({ partition }) => partition === laneOf(7))).toBe(true);
      expect(await logOf(store, 7)).toEqual(lines(0, 3));
    });

    it("under a copy that runs: it is fenced, writes nothing more and ends", async () => {
      const { world, store } = await open(harness, stores);
      await write(world, [7], 0, 3);
      const { ended, projector } = await runProjection(world, store);
      await until(() => projector.caughtUp());
      await reset(store);
      await write(world, [7], 3, 4);
      expect(await ended).toMatchObject({ code: "log_replaced" });
      expect(await logOf(store, 7)).toEqual([]);
    });

    needing(harness, "recreate-topics")(
      "after a topic was recreated: the events of the new log are published",
      async () => {
        const world = await openWorld(harness, { ownTopics: true });
        const store = await stores.createStore();
        await write(world, [7], 0, 6);
        await runToEnd(world, store);
        await faultsOf(world.cluster).recreateTopic("orders.placed");
        await reset(store, { replaced: [{ topic: "orders.placed", partition: laneOf(7) }] });
        await world.producer().placed({ order_id: 7, n: 50 });
        const before = (await outputsOf(world, 7)).length;
        await runToEnd(world, store);
        expect(await outputsOf(world, 7)).toHaveLength(before + 1);
      },
    );
  });
}

/** Keys that stood elsewhere than their lane. */
function keyTests(harness: Harness, stores: StoreHarness): void {
  describe("keys that stood elsewhere than their lane", () => {
    it("parked events publish when they are applied from the log", async () => {
      const { world, store } = await open(harness, stores);
      const [parked = 0, fine = 0] = sameLane(7, 2);
      await write(world, [parked, fine], 0, 6);
      const broken: LedgerOptions["before"] = (_, { order_id, n }) => {
        if (order_id === parked && n === 2) throw new Error("not yet");
      };
      const retry = { attempts: 1 };
      const first = await runProjection(world, store, {
        projection: ledger({ before: broken }),
        onFailure: "hold",
        retry,
      });
      await until(() => expect(first.seen.parked.length).toBe(4));
      await until(async () => expect(await numbersOf(world, fine)).toEqual(range(1, 7)));
      await first.process.crash();
      expect(await numbersOf(world, parked)).toEqual([1, 2]);
      await reset(store);
      await runToEnd(world, store, { onFailure: "hold" });
      expect(await logOf(store, parked)).toEqual(lines(0, 6));
      expect(await numbersOf(world, parked)).toEqual(range(1, 7));
      expect(await numbersOf(world, fine)).toEqual(range(1, 7));
    });

    it("what was applied beyond the position is not published a second time", async () => {
      const { world, store } = await open(harness, stores);
      const [stuck = 0, fine = 0] = sameLane(7, 2);
      await write(world, [stuck, fine], 0, 3);
      const broken: LedgerOptions["before"] = (_, { order_id }) => {
        if (order_id === stuck) throw new Error("not yet");
      };
      const first = await runProjection(world, store, {
        projection: ledger({ before: broken }),
        retry: { attempts: 50, withinMs: 600_000, firstDelayMs: 60_000 },
      });
      await until(async () => expect(await numbersOf(world, fine)).toEqual([1, 2, 3]));
      await first.process.crash();
      await reset(store);
      await runToEnd(world, store);
      expect(await numbersOf(world, fine)).toEqual([1, 2, 3]);
      expect(await numbersOf(world, stuck)).toEqual([1, 2, 3]);
    });

    const timed = ledger({
      emits: false,
      before: (name, event, ctx) => {
        if (name === "placed") ctx.timer.set("due", Date.parse(event.at) + 10 * minute);
      },
      onTimer: (_, ctx) =>
        ctx.emit.rated({ order_id: Number(ctx.key), n: Math.round((ctx.timeMs - startMs) / minute) }),
    });

    it("timers that had fired are silent, by an event as by the clock; one that waited is published", async () => {
      const { world, store } = await open(harness, stores);
      const [key = 0, waiting = 0] = sameLane(7, 2);
      const clock = { nowMs: startMs + 35 * minute };
      const options = { projection: timed, clock: () => clock.nowMs };
      const producer = world.producer();
      await producer.placed({ order_id: key, n: 0, at: at(0) });
      await producer.shipped({ order_id: key, n: 1, at: at(15) });
      await producer.placed({ order_id: key, n: 2, at: at(20) });
      const first = await runProjection(world, store, options);
      await until(async () => expect(await numbersOf(world, key)).toEqual([10, 30]));
      await producer.placed({ order_id: waiting, n: 0, at: at(34) });
      await until(async () => expect(await logOf(store, waiting)).toEqual(["placed 0"]));
      await until(() => first.projector.caughtUp());
      await first.process.crash();
      // While no copy runs: due before the reset, and fired by nothing.
      await producer.placed({ order_id: key, n: 3, at: at(40) });
      await reset(store);
      clock.nowMs = startMs + 120 * minute;
      const second = await runProjection(world, store, options);
      await until(async () => expect(await logOf(store, key)).toHaveLength(7));
      await until(async () => expect(await numbersOf(world, waiting)).toEqual([44]));
      await until(() => second.projector.caughtUp());
      expect(await numbersOf(world, key)).toEqual([10, 30, 50]);
    });

    it("timers that an event had fired are silent, whatever the clock said when their lane was reset", async () => {
      const { world, store } = await open(harness, stores);
      const producer = world.producer();
      await producer.placed({ order_id: 7, n: 0, at: at(0) });
      await producer.shipped({ order_id: 7, n: 1, at: at(15) });
      await runToEnd(world, store, { projection: timed, timers: "events" });
      await reset(store, { nowMs: startMs });
      await runToEnd(world, store, { projection: timed, timers: "events" });
      expect(await logOf(store, 7)).toHaveLength(3);
      expect(await numbersOf(world, 7)).toEqual([10]);
    });

    it("events on a wrong partition are applied again when both lanes are reset, together or one after the other", async () => {
      const { world, store } = await open(harness, stores);
      const wrong = (laneOf(7) + 1) % lanes;
      await world.producer().paid({ order_id: 7, n: 0 });
      const value = rawOrder(7, 100);
      await world.cluster.produceRaw({ topic: "orders.paid", partition: wrong, key: "7", value });
      const sorted = async () => [...(await logOf(store, 7))].sort();
      await runToEnd(world, store);
      expect(await sorted()).toEqual(["paid 0", "paid 100"]);
      await reset(store, { lanes: [wrong] });
      await runToEnd(world, store);
      expect(await sorted()).toEqual(["paid 0", "paid 100"]);
      await reset(store, { lanes: [laneOf(7)] });
      await runToEnd(world, store);
      expect(await sorted()).toEqual(["paid 0"]);
      await reset(store, { lanes: [wrong] });
      await runToEnd(world, store);
      expect(await sorted()).toEqual(["paid 0", "paid 100"]);
      await reset(store);
      await runToEnd(world, store);
      expect(await sorted()).toEqual(["paid 0", "paid 100"]);
      expect(await outputsOf(world, 7)).toHaveLength(2);
    });

    it("a timer that waited when its lane was reset is published when it fires", async () => {
      const { world, store } = await open(harness, stores);
      const clock = { nowMs: startMs + 5 * minute };
      const options = { projection: timed, clock: () => clock.nowMs };
      await world.producer().placed({ order_id: 7, n: 0, at: at(0) });
      await runToEnd(world, store, options);
      await reset(store);
      clock.nowMs = startMs + 120 * minute;
      await runProjection(world, store, options);
      await until(async () => expect(await numbersOf(world, 7)).toEqual([10]));
    });
  });
}
