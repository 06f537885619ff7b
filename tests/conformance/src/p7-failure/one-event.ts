import { KeylineError, type ReducerContext, type Store } from "@keyline/runtime";
import type { LaneChanges } from "@keyline/runtime/store";
import { testProjection } from "@keyline/runtime/testing";
import { describe, expect, it } from "vitest";
import type { Harness } from "../harness.js";
import { defineProjection, type OrderEvent, type OrderTopics } from "../kit/orders.js";
import {
  caughtUp,
  headerOf,
  keyOf,
  laneOf,
  openWorld,
  range,
  sameLane,
  until,
  type World,
  within,
} from "../kit/world.js";
import { type RunOptions, runProjection } from "../p8-effect-once/ledger.js";
import type { StoreFaults, StoreHarness } from "../p8-effect-once/stores.js";
import { longKeyTests } from "./long-keys.js";
import { tooLargeTests } from "./too-large.js";

type Context = ReducerContext<OrderTopics>;

interface State {
  readonly log: readonly number[];
  readonly extra?: unknown;
}

/** One way in which one event cannot be done, and where it goes. */
interface Impossible {
  readonly title: string;
  /** What the reducer adds to the state for the bad event. */
  readonly extra?: (ctx: Context) => unknown;
  /** What the store refuses, for good. */
  readonly refuses?: (changes: LaneChanges) => boolean;
  readonly run?: RunOptions;
  /** The code of its dead letter. */
  readonly code: "handler_failed" | "store_refused";
  /** The letter comes without its value. */
  readonly bare?: boolean;
}

const [bad = 0, ...good] = sameLane(1, 4);
const badNumber = 1;
const numbers = range(0, 4);
const marker = "the store refuses this";

const refused = () => new KeylineError("store_unavailable", "violates a constraint", { retryable: false });

/** A store that refuses some writes for good, as a database does for what breaks a constraint or a limit. */
const refusing = (refuses: (changes: LaneChanges) => boolean): StoreFaults => ({
  write: (_, changes, forward) => (refuses(changes) ? Promise.reject(refused()) : forward()),
});

const has = (part: unknown) => JSON.stringify(part).includes(marker);
const letters = ({ outboxAdded }: LaneChanges) =>
  outboxAdded.filter(({ record }) => (record as { readonly kind: string }).kind === "letter");
const hasValue = ({ record }: LaneChanges["outboxAdded"][number]) =>
  (record as { readonly value: string | null }).value !== null;

function projectionOf({ extra }: Pick<Impossible, "extra">) {
  return defineProjection<State>({
    name: "ledger",
    initial: () => ({ log: [] }),
    on: {
      paid(state, { order_id, n }: OrderEvent, ctx) {
        const isBad = order_id === bad && n === badNumber && extra !== undefined;
        const added = isBad ? { extra: extra(ctx) } : {};
        ctx.emit.invoiced({ order_id, n });
        return { ...state, log: [...state.log, n], ...added };
      },
    },
    onTimer: (state) => ({ ...state, extra: marker }),
  });
}

const deep = (levels: number) => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};

const circle: { inside?: unknown } = {};
circle.inside = circle;

const states: readonly (readonly [string, () => unknown])[] = [
  ["a bigint", () => 1n],
  ["NaN", () => Number.NaN],
  ["infinity", () => Number.POSITIVE_INFINITY],
  ["a date", () => new Date(0)],
  ["a map", () => new Map([[1, 2]])],
  ["an instance of a class", () => new (class Money {})()],
  ["a function", () => () => 1],
  ["a symbol", () => Symbol("state")],
  ["undefined in an array", () => [undefined]],
  ["a circle", () => circle],
  ["501 levels", () => deep(501)],
  ["6,000 levels", () => deep(6000)],
  ["more characters than a row takes", () => "x".repeat(17 * 2 ** 20)],
];

const sets = (data: unknown) => (ctx: Context) => ctx.timer.set("late", Date.UTC(2100, 0, 1), data);
const emits = (more: object) => (ctx: Context) => ctx.emit.rated({ order_id: bad, n: 1, ...more } as never);
const throws = () => {
  throw new Error("as the test says");
};

const impossible: readonly Impossible[] = [
  ...states.map(([what, extra]) => ({ title: `a state with ${what}`, extra, code: "handler_failed" }) as const),
  { title: "a timer with a bigint", extra: sets(1n), code: "handler_failed" },
  { title: "a timer with 6,000 levels", extra: sets(deep(6000)), code: "handler_failed" },
  { title: "an emit with a bigint", extra: emits({ note: "", more: 1n }), code: "handler_failed" },
  { title: "an emit with a circle", extra: emits({ circle }), code: "handler_failed" },
  { title: "an emit with 6,000 levels", extra: emits({ deep: deep(6000) }), code: "handler_failed" },
  { title: "an emit with an integer beyond 2^53-1", extra: emits({ n: 2 ** 53 }), code: "handler_failed" },
  {
    title: "an emit that no batch holds",
    extra: emits({ note: "x".repeat(2 ** 21) }),
    code: "handler_failed",
  },
  {
    title: "a state that the store refuses",
    extra: () => marker,
    refuses: ({ states: written }) => has(written.map(({ state }) => state)),
    code: "store_refused",
  },
  {
    title: "a timer that the store refuses",
    extra: sets(marker),
    refuses: ({ states: written }) => has(written.map(({ meta }) => meta)),
    code: "store_refused",
  },
  {
    title: "an emit that the store refuses",
    extra: emits({ note: marker }),
    refuses: ({ outboxAdded }) => has(outboxAdded),
    code: "store_refused",
  },
  {
    title: "a dead letter that the store refuses",
    extra: throws,
    refuses: (changes) => letters(changes).some(hasValue),
    code: "handler_failed",
    bare: true,
  },
  {
    title: "a row of its key that the store refuses from then on",
    extra: throws,
    refuses: (changes) => letters(changes).length > 0 && changes.states.some(({ key }) => key === String(bad)),
    code: "handler_failed",
    bare: true,
  },
  {
    title: "a parked event that the store refuses",
    extra: throws,
    refuses: ({ parkedAdded }) => parkedAdded.length > 0,
    run: { onFailure: "hold" },
    code: "handler_failed",
    bare: true,
  },
  {
    title: "a position that the store refuses together with its state",
    extra: () => marker,
    refuses: ({ positions, states: written }) => positions.length > 0 && has(written),
    code: "store_refused",
  },
];

/** What the store has of a key. */
async function logOf(store: Store, key: number): Promise<readonly number[]> {
  const rows = await store.readStates({ app: "ledger", domain: "orders" }, [String(key)]);
  return (rows.get(String(key))?.state as State | undefined)?.log ?? [];
}

async function send(world: World, keys: readonly number[], ofEach = numbers): Promise<void> {
  const producer = world.producer();
  for (const n of ofEach) await Promise.all(keys.map((order_id) => producer.paid({ order_id, n })));
}

const lettersOn = (world: World) => world.cluster.readAll("orders.paid.dlq");

/** P7: what one event makes impossible goes that event's way; every other key goes on, and a restart changes nothing. */
export function oneEventSuite(harness: Harness, stores: StoreHarness): void {
  const open = async () => ({ world: await openWorld(harness), store: await stores.createStore() });
  const retry = { attempts: 2, firstDelayMs: 1 };

  const run = (world: World, store: Store, one: Omit<Impossible, "title" | "code">) =>
    runProjection(world, store, {
      projection: projectionOf(one),
      retry,
      ...(one.refuses ? { faults: refusing(one.refuses) } : {}),
      ...one.run,
    });

  /** What a database refuses by itself: a stranger has changed it. */
  const databaseTests = (alter: NonNullable<StoreHarness["alter"]>) => {
    const never = (table: string, column: string) => (schema: string) =>
      `alter table ${schema}.${table} add check (${column} not like '%${marker}%')`;
    const columns: readonly (Pick<Impossible, "title" | "extra" | "run" | "code" | "bare"> & {
      readonly statement: (schema: string) => string;
    })[] = [
      { title: "a state", statement: never("states", "state"), extra: () => marker, code: "store_refused" },
      { title: "a timer", statement: never("states", "meta"), extra: sets(marker), code: "store_refused" },
      { title: "an emit", statement: never("outbox", "record"), extra: emits({ note: marker }), code: "store_refused" },
      {
        title: "a dead letter",
        statement: (schema) =>
          `alter table ${schema}.outbox add check (record not like '%"kind":"letter"%' or record like '%"value":null%')`,
        extra: throws,
        code: "handler_failed",
        bare: true,
      },
      {
        title: "a parked event",
        statement: (schema) => `alter table ${schema}.parked add check (seq < 0)`,
        extra: throws,
        run: { onFailure: "hold" },
        code: "handler_failed",
        bare: true,
      },
    ];
    for (const { title, statement, code, bare = false, ...one } of columns) {
      it(`a constraint that ${title} breaks: the event goes to the dead letters, every other one is applied`, async () => {
        const { world, store } = await open();
        await alter(store, statement);
        await send(world, [bad, ...good]);
        const { projector } = await run(world, store, one);
        await within(caughtUp(projector), 15_000);
        expect(await logOf(store, bad)).toEqual(numbers.filter((n) => n !== badNumber));
        for (const key of good) expect(await logOf(store, key)).toEqual(numbers);
        const found = await lettersOn(world);
        expect(found.map((letter) => headerOf(letter, "keyline-error-code"))).toEqual([code]);
        expect(found[0]?.value === null).toBe(bare);
      }, 60_000);
    }

    const raising = (state: string) => (schema: string) =>
      `create function ${schema}.refuse() returns trigger language plpgsql as
       $$ begin raise exception 'as the test says' using errcode = '${state}'; end $$;
       create trigger refuse before insert or update on ${schema}.states for each row execute function ${schema}.refuse()`;
    const fixed = (schema: string) => `drop trigger refuse on ${schema}.states`;
    const changes: readonly (readonly [string, (schema: string) => string, (schema: string) => string])[] = [
      ["a disk that is full", raising("53100"), fixed],
      ["a database that is read-only", raising("25006"), fixed],
      ["a trigger that refuses every row", raising("P0001"), fixed],
      ...(["states.meta", "positions.last_offset", "outbox.record", "lanes.epoch"] as const).map((name) => {
        const [table, column] = name.split(".");
        const rename = (from: string, to: string) => (schema: string) =>
          `alter table ${schema}.${table} rename column ${from} to ${to}`;
        return [`a column ${name} that is gone`, rename(`${column}`, "gone"), rename("gone", `${column}`)] as const;
      }),
    ];
    for (const [title, breaks, mends] of changes) {
      it(`${title}: the lane waits, nothing is condemned, and all is applied when it is fixed`, async () => {
        const { world, store } = await open();
        await send(world, [bad, ...good], [0]);
        const { projector, seen } = await run(world, store, {});
        await caughtUp(projector);
        await alter(store, breaks);
        await send(world, [bad, ...good], [1, 2]);
        await until(() => expect(seen.laneWaiting.length).toBeGreaterThan(2));
        expect(seen.laneWaiting[0]?.error.code).toBe("store_unavailable");
        await alter(store, mends);
        await within(caughtUp(projector), 20_000);
        for (const key of [bad, ...good]) expect(await logOf(store, key)).toEqual([0, 1, 2]);
        expect(await lettersOn(world)).toEqual([]);
      }, 40_000);
    }
  };

  describe(`P7 one event, on ${stores.name}`, () => {
    for (const one of impossible) {
      it(`${one.title}: the event goes to the dead letters, every other one is applied once and in order`, async () => {
        const { world, store } = await open();
        await send(world, [bad, ...good]);
        const first = await run(world, store, one);
        await Promise.race([first.ended.then((error) => Promise.reject(error)), caughtUp(first.projector)]);
        const look = async () => ({
          bad: await logOf(store, bad),
          good: await Promise.all(good.map((key) => logOf(store, key))),
          letters: (await lettersOn(world)).map((letter) => [
            keyOf(letter),
            headerOf(letter, "keyline-error-code"),
            headerOf(letter, "keyline-error-value"),
            letter.value === null,
          ]),
        });
        const bare = one.bare === true;
        const expected = {
          bad: numbers.filter((n) => n !== badNumber),
          good: good.map(() => numbers),
          letters: [[String(bad), one.code, bare ? "omitted: too large" : undefined, bare]],
        };
        expect(await look()).toEqual(expected);
        expect(first.seen.deadLettered).toHaveLength(1);
        await first.projector.close();

        const again = await run(world, store, one);
        await caughtUp(again.projector);
        expect(await look()).toEqual(expected);
        expect([again.seen.handled, again.seen.deadLettered, again.seen.retried]).toEqual([[], [], []]);
        await send(world, [bad, ...good], [9]);
        await caughtUp(again.projector);
        expect(await logOf(store, bad)).toEqual([...expected.bad, 9]);
      });
    }

    it("a key whose every event the store refuses has others' batches halved once: a later refusal costs one transaction", async () => {
      const { world, store } = await open();
      const many = range(0, 40);
      await send(world, [bad, ...good], many);
      const maxBatchEvents = 20;
      let [refusals, beforeGood] = [0, 0];
      const { projector } = await run(world, store, {
        run: { maxBatchEvents },
        refuses({ states: written }) {
          const logs = written.map(({ key, state }) => ({ key, log: (state as State | null)?.log ?? [] }));
          const isRefused = logs.some(({ key, log }) => key === String(bad) && log.length > 0);
          if (isRefused) refusals += 1;
          else if (logs.some(({ log }) => log.length === many.length)) beforeGood = refusals;
          return isRefused;
        },
      });
      await within(caughtUp(projector), 20_000);
      expect(await logOf(store, bad)).toEqual([]);
      for (const key of good) expect(await logOf(store, key)).toEqual(many);
      expect(await lettersOn(world)).toHaveLength(many.length);
      // The first is found by halves; each of the others stands alone.
      expect(refusals).toBeLessThan(many.length + 2 * Math.log2(maxBatchEvents));
      // In turn with the batches of all others, of which there are eight.
      expect(beforeGood).toBeLessThan(many.length / 2);
    }, 40_000);

    it("a key whose row takes nothing costs two transactions an event, and is applied again once its row is writable", async () => {
      const { world, store } = await open();
      const many = range(0, 40);
      let [writes, isRefusing] = [0, true];
      const { projector } = await run(world, store, {
        refuses({ states: written }) {
          writes += 1;
          return isRefusing && written.some(({ key }) => key === String(bad));
        },
      });
      await send(world, [bad, ...good], many);
      await within(caughtUp(projector), 20_000);
      expect(await logOf(store, bad)).toEqual([]);
      for (const key of good) expect(await logOf(store, key)).toEqual(many);
      expect(await lettersOn(world)).toHaveLength(many.length);
      // One that is refused and one that writes the letter, in turn with batches of the others.
      expect(writes).toBeLessThan(3.5 * many.length);
      isRefusing = false;
      await send(world, [bad], [40, 41]);
      await within(caughtUp(projector), 20_000);
      expect(await logOf(store, bad)).toEqual([40, 41]);
      expect(await lettersOn(world)).toHaveLength(many.length);
    }, 40_000);

    it("a key that the store refuses no longer goes with the others again", async () => {
      const { world, store } = await open();
      const many = range(0, 40);
      await send(world, [bad, ...good], many);
      let writes = 0;
      const { projector } = await run(world, store, {
        extra: () => marker,
        refuses({ states: written }) {
          writes += 1;
          return has(written);
        },
      });
      await within(caughtUp(projector), 20_000);
      expect(await logOf(store, bad)).toEqual(many.filter((n) => n !== badNumber));
      for (const key of good) expect(await logOf(store, key)).toEqual(many);
      // Ten by themselves, and not one by one to the last.
      expect(writes).toBeLessThan(many.length);
    }, 40_000);

    it("with hold, an event that the store refuses is parked, and its key's later ones behind it", async () => {
      const { world, store } = await open();
      await send(world, [bad, ...good]);
      const refuses = ({ states: written }: LaneChanges) => has(written);
      const { projector, seen } = await run(world, store, { extra: () => marker, refuses, run: { onFailure: "hold" } });
      await caughtUp(projector);
      expect(await logOf(store, bad)).toEqual([0]);
      expect(seen.parked.map(({ offset, error }) => [offset >= 0, error?.code])).toEqual([
        [true, "store_refused"],
        [true, undefined],
        [true, undefined],
      ]);
      for (const key of good) expect(await logOf(store, key)).toEqual(numbers);
      await store.askRelease({ app: "ledger", domain: "orders" }, { key: String(bad), action: "replay", by: "ada" });
      await until(() => expect(seen.releaseEnded).toHaveLength(1));
      expect(seen.releaseEnded[0]?.result).toMatch(/stopped at .* after 0: .*violates a constraint/);
      await send(world, good, [9]);
      await caughtUp(projector);
      for (const key of good) expect(await logOf(store, key)).toEqual([...numbers, 9]);
    });

    it("a key whose initial state cannot be made fails by itself; one that can be made later is", async () => {
      const { world, store } = await open();
      await send(world, [bad, ...good], [0, 1]);
      const made = { yet: false };
      const projection = {
        ...projectionOf({}),
        initial: (key: string): State => {
          if (key === String(bad) && !made.yet) throw new Error("as the test says");
          return { log: [] };
        },
      };
      const first = await runProjection(world, store, { projection, retry });
      await caughtUp(first.projector);
      expect(await lettersOn(world)).toHaveLength(2);
      for (const key of good) expect(await logOf(store, key)).toEqual([0, 1]);
      await first.projector.close();
      made.yet = true;
      const again = await runProjection(world, store, { projection, retry });
      await send(world, [bad], [2]);
      await caughtUp(again.projector);
      expect(await logOf(store, bad)).toEqual([2]);
    });

    it("a timer whose effect the store refuses is dropped, before an event and by the clock; events are applied", async () => {
      const { world, store } = await open();
      await send(world, [bad, ...good]);
      const extra = (ctx: Context) => ctx.timer.set("due", ctx.timeMs - 1000);
      const refuses = ({ states: written }: LaneChanges) => has(written.map(({ state }) => state));
      const { projector, seen } = await run(world, store, { extra, refuses, run: { timers: "events" } });
      await caughtUp(projector);
      expect(await logOf(store, bad)).toEqual(numbers);
      expect(seen.timerDropped.map(({ timer, error }) => [timer, error.code])).toEqual([["due", "store_refused"]]);
      expect(seen.deadLettered).toEqual([]);
      await projector.close();
      const other = sameLane(1, 9)[8] ?? 0;
      const projection = defineProjection<State>({
        ...projectionOf({}),
        on: {
          paid(state, { n }, ctx) {
            if (n === 7) ctx.timer.set("clock", 0);
            return { log: [...state.log, n] };
          },
        },
      });
      await send(world, [other], [7]);
      const clock = await runProjection(world, store, { projection, retry, faults: refusing(refuses) });
      await until(() => expect(clock.seen.timerDropped.map(({ timer }) => timer)).toEqual(["clock"]));
      await send(world, [other, ...good], [9]);
      await caughtUp(clock.projector);
      expect(await logOf(store, other)).toEqual([7, 9]);
    });

    for (const { title, extra, refuses } of impossible) {
      if (refuses || !extra || title.includes("no batch")) continue;
      it(`${title}: the test driver refuses it as well`, () => {
        const driver = testProjection(projectionOf({ extra }));
        driver.given.paid({ order_id: bad, n: 0 });
        const give = () => driver.given.paid({ order_id: bad, n: badNumber });
        const code = expect.stringMatching(/^(handler_failed|payload_invalid)$/);
        expect(give).toThrow(expect.objectContaining({ code }));
      });
    }

    it("a property that is undefined is dropped in memory as well", async () => {
      const { world, store } = await open();
      const seen: boolean[] = [];
      const projection = defineProjection<State>({
        ...projectionOf({}),
        on: {
          paid(state, { n }) {
            seen.push(Object.hasOwn(state, "extra"));
            return { log: [...state.log, n], extra: undefined };
          },
        },
      });
      await send(world, [bad]);
      const { projector } = await runProjection(world, store, { projection });
      await caughtUp(projector);
      expect(seen).toEqual(numbers.map(() => false));
    });

    longKeyTests(harness, stores);
    tooLargeTests(harness, stores);

    if (stores.alter) databaseTests(stores.alter);

    describe("a store that is to blame condemns nothing", () => {
      const broken = { now: true };
      const always: readonly { title: string; faults: StoreFaults }[] = [
        {
          title: "that refuses every write",
          faults: refusing(() => broken.now),
        },
        {
          title: "that refuses every write but locks a row",
          faults: refusing(({ positions, states: written }) => broken.now && positions.length + written.length > 0),
        },
        {
          title: "that takes no row",
          faults: refusing(({ states: written }) => broken.now && written.length > 0),
        },
        {
          title: "that is read-only",
          faults: {
            write: (_, __, forward) =>
              broken.now ? Promise.reject(new KeylineError("store_unavailable", "read-only")) : forward(),
          },
        },
        ...(["readStates", "holds"] as const).map((call) => ({
          title: `that refuses ${call}`,
          faults: {
            call: (name: string) => {
              if (broken.now && name === call) throw refused();
            },
          },
        })),
      ];
      for (const { title, faults } of always) {
        it(`${title}: the lane waits, says why, and goes on when it is fixed`, async () => {
          broken.now = true;
          const { world, store } = await open();
          await send(world, [bad, ...good]);
          const waits: (KeylineError | null | undefined)[][] = [];
          const { projector, ended } = await runProjection(world, store, {
            projection: projectionOf({}),
            ...{ retry, faults, background: true },
            laneWaits({ lane, error }) {
              if (lane !== laneOf(bad)) return;
              waits.push([error, projector.lanes().find((one) => one.lane === lane)?.waitsFor]);
              // While it waits: if it is fixed between two attempts, the event that stood alone just then is refused.
              if (waits.length === 3) broken.now = false;
            },
          });
          await until(() => expect(broken.now).toBe(false));
          for (const [told, shown] of waits) expect([told?.code, shown]).toEqual(["store_unavailable", told]);
          for (const key of [bad, ...good])
            await until(async () => expect(await logOf(store, key)).toEqual(numbers), 15_000);
          await within(caughtUp(projector), 15_000);
          await until(() => expect(projector.lanes().filter(({ waitsFor }) => waitsFor)).toEqual([]), 15_000);
          expect(await lettersOn(world)).toEqual([]);
          expect(await Promise.race([ended, Promise.resolve("up")])).toBe("up");
        }, 60_000);
      }

      it("that refuses everything for a moment: what stood alone meanwhile is applied", async () => {
        const { world, store } = await open();
        const producer = world.producer();
        await producer.paid({ order_id: bad, n: 0 });
        // The event's write, and the one that only locks its lane's row; not where lanes begin.
        let left = 2;
        const faults: StoreFaults = {
          write({ lane }, { states: written }, forward) {
            const isMeant = lane === laneOf(bad) && (written.length > 0 || left < 2);
            return isMeant && left-- > 0 ? Promise.reject(refused()) : forward();
          },
        };
        const { projector, seen } = await runProjection(world, store, { projection: projectionOf({}), retry, faults });
        await within(caughtUp(projector), 10_000);
        expect(await logOf(store, bad)).toEqual([0]);
        expect(seen.deadLettered).toEqual([]);
        expect(seen.laneWaiting.map(({ error }) => error.rawMessage)).toEqual(["violates a constraint"]);
      });

      it("that refuses one key after the other: after two the lane waits, and what is left is applied when it is fixed", async () => {
        const { world, store } = await open();
        let isBroken = true;
        await send(world, [bad, ...good], [0]);
        const { projector, seen } = await runProjection(world, store, {
          projection: projectionOf({}),
          retry,
          faults: refusing(({ states: written }) => isBroken && JSON.stringify(written).includes('"log":[0')),
        });
        await until(() => expect(seen.laneWaiting.length).toBeGreaterThan(2), 15_000);
        isBroken = false;
        await within(caughtUp(projector), 15_000);
        const found = await Promise.all([bad, ...good].map((key) => logOf(store, key)));
        expect(found.filter((log) => log.length === 1)).toHaveLength(2);
        expect(await lettersOn(world)).toHaveLength(2);
      }, 40_000);
    });
  });
}
