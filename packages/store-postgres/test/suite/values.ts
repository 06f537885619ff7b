import { isKeylineError } from "@keyline/runtime";
import { expect, test } from "vitest";
import {
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

const nested = (depth: number) => JSON.parse(`${'{"a":['.repeat(depth)}0${"]}".repeat(depth)}`);

const values: readonly (readonly [what: string, value: unknown])[] = [
  ["NUL", "a\u0000b\\u0000"],
  ["halves of a surrogate pair", ["\ud800", "\udc00x", "😀"]],
  ["quotes, backslashes and dollars", `it's "quoted" \\ \\\\ $1 $$ {a,"b"} %s`],
  ["line breaks of every kind", "a\nb\r\nc\u2028d\u0085e\u001e"],
  ["the largest integers", [2 ** 53 - 1, -(2 ** 53 - 1)]],
  ["a negative zero", [-0, 0, { zero: -0, text: "-0" }]],
  ["a negative zero alone", -0],
  ["fractions and extremes", [0.1 + 0.2, 1e300, 5e-324, 1 / 3]],
  ["deep nesting", nested(500)],
  ["fields that objects have already", JSON.parse('{"__proto__":{"a":-0},"constructor":1,"toString":null}')],
  ["the order of fields", JSON.parse('{"b":1,"a":2,"10":3,"9":4}')],
  ["null, false and emptiness", [null, false, "", [], {}, { "": "" }]],
  ["the word null", "null"],
];

const keys = [
  "42",
  "a'b",
  'a"b\\',
  "\u0000k",
  "\u0001x",
  "\u0001",
  "k\nl",
  "k\u2028",
  "\ud800",
  "\udfff",
  "😀",
  "null",
  "{}",
  "%_",
];

/** Changes what a store gave out, as a reducer may. */
function spoil(value: unknown): void {
  if (typeof value === "object" && value !== null)
    for (const name of Object.keys(value)) Object.assign(value, { [name]: 9 });
}

/** That what goes in comes out. */
export function roundTrips(open: OpenStore): void {
  test.each(values)("keeps %s", async (_what, value) => {
    const lane = await take(open());
    await open().write(lane, {
      ...nothing,
      states: [{ ...state("42", 0, value), meta: value }],
      outboxAdded: [{ ...outbox(1), record: value }],
      parkedAdded: [{ ...parked(1), record: value }],
    });
    const found = (await open().readStates(lane, ["42"])).get("42");
    const { outbox: out, parked: waiting } = await open().takeLane(lane);
    for (const back of [found?.state, found?.meta, out[0]?.record, waiting[0]?.record]) {
      expect(back).toStrictEqual(value);
      expect(JSON.stringify(back)).toBe(JSON.stringify(value));
    }
  });

  test("keeps keys apart, whatever is in them", async () => {
    const lane = await take(open());
    await open().write(lane, {
      ...nothing,
      states: keys.map((key, index) => state(key, 0, index, index)),
      outboxAdded: keys.map((key, index) => ({ ...outbox(index), key })),
      parkedAdded: keys.map((key, index) => ({ ...parked(index), key })),
    });
    const found = await open().readStates(lane, keys);
    expect(keys.map((key) => [found.get(key)?.key, found.get(key)?.state])).toEqual(keys.map((key, n) => [key, n]));
    const { timers, outbox: out, parked: waiting } = await open().takeLane(lane);
    expect(timers.toSorted((a, b) => a.dueAtMs - b.dueAtMs).map(({ key }) => key)).toEqual(keys);
    expect(out.map(({ key }) => key)).toEqual(keys);
    expect(waiting.map(({ key }) => key)).toEqual(keys);
  });

  test("keeps the largest offsets and numbers", async () => {
    const lane = await take(open());
    const most = Number.MAX_SAFE_INTEGER;
    const changes = {
      ...nothing,
      positions: [position(null, most)],
      outboxAdded: [outbox(most)],
      parkedAdded: [{ ...parked(most), offset: most }],
    };
    await open().write(lane, changes);
    const { positions, outbox: out, parked: waiting } = await open().takeLane(lane);
    expect([positions[0]?.next, positions[0]?.last?.offset]).toEqual([most, most - 1]);
    expect([out[0]?.seq, waiting[0]?.seq, waiting[0]?.offset]).toEqual([most, most, most]);
  });

  test("gives a state that is undefined back as null", async () => {
    const lane = await take(open());
    await open().write(lane, { ...nothing, states: [{ ...state("42", 0, undefined), meta: undefined }] });
    expect((await open().readStates(lane, ["42"])).get("42")).toStrictEqual({
      key: "42",
      version: 1,
      state: null,
      meta: null,
    });
  });

  const cycle: unknown[] = [];
  cycle.push(cycle);
  test.each([
    ["a bigint", 1n],
    ["a cycle", cycle],
  ])("refuses %s for good, and writes nothing", async (_what, value) => {
    const lane = await take(open());
    const changes = { ...nothing, positions: [position(null, 1)], states: [state("7", 0, 1), state("42", 0, value)] };
    const caught = await open()
      .write(lane, changes)
      .catch((error: unknown) => error);
    expect(isKeylineError(caught) && [caught.code, caught.retryable]).toEqual(["store_unavailable", false]);
    expect(await contentOf(open(), lane, ["7", "42"])).toEqual(empty);
  });

  test("shares nothing with its users", async () => {
    const lane = await take(open(), newLane());
    const value = { list: [1] };
    const record = { n: 1 };
    await open().write(lane, {
      ...nothing,
      states: [state("42", 0, value, 5)],
      outboxAdded: [{ ...outbox(1), record }],
    });
    value.list.push(2);
    record.n = 2;
    const first = await open().readStates(lane, ["42"]);
    spoil(first.get("42")?.state);
    spoil((await open().takeLane(lane)).outbox[0]?.record);
    expect((await open().readStates(lane, ["42"])).get("42")?.state).toEqual({ list: [1] });
    expect((await open().takeLane(lane)).outbox[0]?.record).toEqual({ n: 1 });
  });
}
