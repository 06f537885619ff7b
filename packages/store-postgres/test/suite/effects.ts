import { expect, test } from "vitest";
import {
  codeOf,
  contentOf,
  newLane,
  nothing,
  type OpenStore,
  outbox,
  parked,
  position,
  state,
  take,
} from "./support.js";

/** What a transaction leaves behind. */
export function effects(open: OpenStore): void {
  test("brings back all that one transaction wrote", async () => {
    const lane = await take(open());
    await open().write(lane, {
      ...nothing,
      positions: [position(null, 13)],
      states: [state("42", 0, { runs: 2 }, 1_700_000_000_000.5), state("7", 0, null)],
      outboxAdded: [outbox(2), outbox(1)],
      parkedAdded: [parked(8), parked(7)],
    });
    expect(await open().takeLane(lane)).toEqual({
      epoch: lane.epoch + 1,
      positions: [{ topic: "code.executed", partition: 3, next: 13, last: { offset: 12, fingerprint: "abc" } }],
      timers: [{ key: "42", dueAtMs: 1_700_000_000_000.5 }],
      outbox: [outbox(1), outbox(2)],
      parked: [parked(7), parked(8)],
    });
    expect(await open().readStates(lane, ["42", "7", "none"])).toEqual(
      new Map([
        ["42", { key: "42", version: 1, state: { runs: 2 }, meta: { seen: 0 } }],
        ["7", { key: "7", version: 1, state: null, meta: { seen: 0 } }],
      ]),
    );
  });

  test("moves, overwrites and removes what is there", async () => {
    const lane = await take(open());
    await open().write(lane, {
      ...nothing,
      positions: [position(null, 13), { ...position(null, 5, "quiz"), last: null }],
      states: [state("42", 0, { runs: 1 }, 100)],
      outboxAdded: [outbox(1), outbox(2)],
      parkedAdded: [parked(7), parked(8)],
    });
    await open().write(lane, {
      ...nothing,
      positions: [position(13, 20)],
      states: [state("42", 1, { runs: 2 })],
      outboxAdded: [outbox(3)],
      outboxRemoved: [1, 99],
      parkedRemoved: [8, 99, 7],
      // Its number is in both: it is rewritten.
      parkedAdded: [{ ...parked(7), record: { why: "another" } }],
    });
    expect(await contentOf(open(), lane, ["42"])).toEqual({
      positions: [
        { topic: "code.executed", partition: 3, next: 20, last: { offset: 19, fingerprint: "abc" } },
        { topic: "quiz", partition: 3, next: 5, last: null },
      ],
      timers: [],
      outbox: [outbox(2), outbox(3)],
      parked: [{ ...parked(7), record: { why: "another" } }],
      states: [{ key: "42", version: 2, state: { runs: 2 }, meta: { seen: 1 } }],
    });
  });

  test("keeps what the clock fired, oldest first, each key's for itself", async () => {
    const lane = await take(open());
    const firing = (key: string, beforeMs: number) => ({
      key,
      beforeMs,
      timers: [{ name: 'stuck/"5"\n', dueAtMs: beforeMs - 0.5 }],
      below: [{ topic: "code.executed", partition: 3, offset: 13 }],
    });
    await open().write(lane, { ...nothing, firings: [firing("42", 200), firing("7", 200)] });
    await open().write(lane, { ...nothing, firings: [firing("42", 300)] });
    expect(await open().readFirings(lane, "42")).toEqual([firing("42", 200), firing("42", 300)]);
    expect(await open().readFirings(lane, "7")).toEqual([firing("7", 200)]);
    expect(await open().readFirings({ ...lane, domain: "teachers" }, "42")).toEqual([]);
    const stale = { ...lane, epoch: lane.epoch - 1 };
    expect(await codeOf(open().write(stale, { ...nothing, firings: [firing("42", 400)] }))).toBe("lane_fenced");
    expect(await open().readFirings(lane, "42")).toHaveLength(2);
  });

  test("reads the parked events of one key in order, so many at most", async () => {
    const lane = await take(open());
    await open().write(lane, {
      ...nothing,
      parkedAdded: [parked(3), { ...parked(2), key: "7" }, parked(1), parked(5)],
    });
    expect(await open().readParked(lane, "42", 2)).toEqual([parked(1), parked(3)]);
    expect(await open().readParked(lane, "7", 9)).toEqual([{ ...parked(2), key: "7" }]);
    expect(await open().readParked({ ...lane, lane: 9 }, "42", 9)).toEqual([]);
  });

  test("asks each lane in which events of a key are parked for its release, and notes what came of it", async () => {
    const lane = await take(open());
    const other = await take(open(), { ...lane, lane: 5 });
    await open().write(lane, { ...nothing, parkedAdded: [parked(1), parked(2)] });
    await open().write(other, { ...nothing, parkedAdded: [parked(1), { ...parked(2), key: "7" }] });
    const asked = await open().askRelease(lane, { key: "42", action: "skip", by: "ada" });
    expect(asked).toHaveLength(2);
    expect(await open().askRelease(lane, { key: "none", action: "skip", by: "ada" })).toEqual([]);
    const [command] = await open().readCommands(lane);
    expect(command).toEqual({ id: command?.id, key: "42", action: "skip", by: "ada", progress: 0 });
    expect(asked).toContain(command?.id);
    const change = { id: command?.id ?? 0, progress: 1, result: null };
    await open().write(lane, { ...nothing, commands: [change] });
    expect(await open().readCommands(lane)).toMatchObject([{ progress: 1 }]);
    await open().write(lane, { ...nothing, commands: [{ ...change, progress: 2, result: "done" }] });
    expect(await open().readCommands(lane)).toEqual([]);
    expect(await open().readCommands(other)).toHaveLength(1);
  });

  test("apps, domains and lanes do not see each other's rows", async () => {
    const lane = await take(open());
    const all = { states: [state("42", 0, 1, 5)], outboxAdded: [outbox(1)], positions: [position(null, 1)] };
    await open().write(lane, { ...nothing, ...all });
    for (const other of [
      { ...lane, domain: "teachers" },
      { ...lane, app: newLane().app },
    ]) {
      expect(await open().readStates(other, ["42"])).toEqual(new Map());
      expect(await open().readTimers(other)).toEqual([]);
    }
    expect(await open().takeLane({ ...lane, lane: 4 })).toEqual({
      epoch: 1,
      positions: [],
      timers: [],
      outbox: [],
      parked: [],
    });
  });

  test("timers belong to the key's own lane, whichever owner sets them", async () => {
    const stray = await take(open());
    const home = { ...stray, lane: 5 };
    await open().write(stray, { ...nothing, states: [state("42", 0, 1, 700, 5), state("7", 0, 1, 800)] });
    expect(await open().readTimers(home)).toEqual([{ key: "42", dueAtMs: 700 }]);
    expect((await open().takeLane(home)).timers).toEqual([{ key: "42", dueAtMs: 700 }]);
    await open().write(stray, { ...nothing, states: [state("42", 1, 1, null, 5)] });
    expect(await open().readTimers(home)).toEqual([]);
    expect(await open().readTimers(stray)).toEqual([{ key: "7", dueAtMs: 800 }]);
  });

  test("hundreds of states go in one write, and no keys or no changes are fine", async () => {
    const lane = await take(open());
    const keys = Array.from({ length: 700 }, (_, index) => String(index));
    await open().write(lane, { ...nothing, states: keys.map((key) => state(key, 0, { key, text: "x".repeat(3000) })) });
    await open().write(lane, { ...nothing, states: keys.map((key) => state(key, 1, { key, again: true })) });
    const found = await open().readStates(lane, keys);
    expect(keys.map((key) => found.get(key)?.state)).toEqual(keys.map((key) => ({ key, again: true })));
    expect(new Set([...found.values()].map(({ version }) => version))).toEqual(new Set([2]));
    expect(await open().readStates(lane, [])).toEqual(new Map());
    expect(await codeOf(open().write(lane, nothing))).toBe("done");
  });
}
