import { expect, test } from "vitest";
import {
  codeOf,
  contentOf,
  empty,
  newLane,
  nothing,
  type OpenStore,
  outbox,
  parked,
  position,
  state,
  take,
} from "./support.js";

const everything = {
  positions: [position(null, 9)],
  states: [state("42", 0, {}, 5)],
  outboxAdded: [outbox(1)],
  outboxRemoved: [],
  parkedAdded: [parked(1)],
  parkedRemoved: [],
  firings: [],
  commands: [],
};

/** Which owners may not write, and that nothing of it is written. */
export function fences(open: OpenStore): void {
  test("a former owner writes nothing once another took the lane", async () => {
    const zombie = await take(open());
    const owner = await take(open(), zombie);
    expect([await open().holds(zombie), await open().holds(owner)]).toEqual([false, true]);
    expect(await codeOf(open().write(zombie, everything))).toBe("lane_fenced");
    expect(await codeOf(open().write(zombie, nothing))).toBe("lane_fenced");
    expect(await contentOf(open(), zombie, ["42"])).toEqual(empty);
  });

  test("a lane that was never taken cannot be written, by any epoch", async () => {
    const lane = newLane();
    for (const epoch of [0, 1]) {
      expect(await open().holds({ ...lane, epoch })).toBe(false);
      expect(await codeOf(open().write({ ...lane, epoch }, everything))).toBe("lane_fenced");
    }
    expect(await contentOf(open(), lane, ["42"])).toEqual(empty);
  });

  test.each([
    ["behind", 4],
    ["ahead", 6],
    ["there though none was read", null],
  ])("a position that is %s rolls everything back, its neighbours too", async (_where, from) => {
    const lane = await take(open());
    await open().write(lane, { ...nothing, positions: [position(null, 5), position(null, 5, "quiz")] });
    const before = await contentOf(open(), lane, ["42"]);
    const owner = await take(open(), lane);
    const changes = { ...everything, positions: [position(5, 9, "quiz"), position(from, 9)] };
    expect(await codeOf(open().write(owner, changes))).toBe("lane_fenced");
    expect(await contentOf(open(), lane, ["42"])).toEqual(before);
  });

  test("a position that was read and is not there rolls everything back", async () => {
    const lane = await take(open());
    expect(await codeOf(open().write(lane, { ...everything, positions: [position(0, 9)] }))).toBe("lane_fenced");
    expect(await contentOf(open(), lane, ["42"])).toEqual(empty);
  });

  test.each([
    ["older than the row", "42", 1],
    ["of no row, though there is one", "42", 0],
    ["newer than the row", "42", 3],
    ["of a row, though there is none", "43", 1],
  ])("a version %s rolls everything back, its neighbours too", async (_which, key, version) => {
    const lane = await take(open());
    await open().write(lane, { ...nothing, states: [state("42", 0, { n: 1 })] });
    await open().write(lane, { ...nothing, states: [state("42", 1, { n: 2 })] });
    const keys = ["41", "42", "43", "44"];
    const before = await contentOf(open(), lane, keys);
    const owner = await take(open(), lane);
    const states = [state("41", 0, {}), state(key, version, { n: 9 }, 5), state("44", 0, {})];
    expect(await codeOf(open().write(owner, { ...everything, states }))).toBe("state_conflict");
    expect(await contentOf(open(), lane, keys)).toEqual(before);
  });

  test.each([
    ["an outgoing event", { outboxAdded: [outbox(2), outbox(1)] }],
    ["a parked event", { parkedAdded: [parked(2), parked(1)] }],
  ])("%s of a number that is taken rolls everything back", async (_what, twice) => {
    const lane = await take(open());
    await open().write(lane, { ...nothing, outboxAdded: [outbox(1)], parkedAdded: [parked(1)] });
    const before = await contentOf(open(), lane, ["42"]);
    const owner = await take(open(), lane);
    const changes = { ...nothing, states: everything.states, positions: everything.positions, ...twice };
    expect(await codeOf(open().write(owner, changes))).toBe("lane_fenced");
    expect(await contentOf(open(), lane, ["42"])).toEqual(before);
  });

  test("owners that race for a lane leave every number of a counter once", async () => {
    const lane = newLane();
    const written: number[] = [];
    const run = async () => {
      for (let round = 0; round < 15; round += 1) {
        const { epoch, positions } = await open().takeLane(lane);
        for (let turn = 0; turn < 3; turn += 1) {
          const row = (await open().readStates(lane, ["n"])).get("n");
          const n = ((row?.state as number | undefined) ?? 0) + 1;
          const from = turn === 0 ? (positions[0]?.next ?? null) : n - 1;
          const changes = {
            ...nothing,
            positions: [position(from, n)],
            states: [state("n", row?.version ?? 0, n)],
            outboxAdded: [outbox(n)],
          };
          const code = await codeOf(open().write({ ...lane, epoch }, changes));
          if (code !== "done") break;
          written.push(n);
        }
      }
    };
    await Promise.all([run(), run(), run()]);
    const numbers = written.toSorted((a, b) => a - b);
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const { positions, outbox: out } = await open().takeLane(lane);
    expect(positions[0]?.next).toBe(numbers.length);
    expect(out.map(({ seq }) => seq)).toEqual(numbers);
  });

  test("many lanes at once, with keys in common in any order, end in one winner a key and no other error", async () => {
    const lane = newLane();
    const lanes = await Promise.all(Array.from({ length: 12 }, (_, index) => take(open(), { ...lane, lane: index })));
    const shared = ["a", "b", "c", "d", "e", "f"];
    const codes = await Promise.all(
      lanes.map((owned, index) => {
        const keys = index % 2 === 0 ? shared : shared.toReversed();
        const own = state(`own-${index}`, 0, index);
        return codeOf(open().write(owned, { ...nothing, states: [...keys.map((key) => state(key, 0, index)), own] }));
      }),
    );
    expect(codes.toSorted()).toEqual(["done", ...Array.from({ length: 11 }, () => "state_conflict")]);
    const winner = codes.indexOf("done");
    const found = await open().readStates(lane, [...shared, ...lanes.map((_, index) => `own-${index}`)]);
    expect([...found.values()].map((row) => row.state)).toEqual(Array.from({ length: 7 }, () => winner));
  });
}
