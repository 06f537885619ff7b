import { type Placement, placements } from "@keyline/runtime/tools";
import { describe, expect, test } from "vitest";
import { createPlacementTally, placementNames } from "./placement-tally.js";
import { placementsOf } from "./placement-verdict.js";

const key = (n: number) => Buffer.from(String(n));

/** A tally of the keys that such producers put on another partition than fnv1a does. */
function strays(count: number, keys: number, from: readonly Placement[]) {
  const tally = createPlacementTally();
  for (let n = 0, found = 0; found < keys; n += 1) {
    const placement = from[found % from.length];
    const partition = placement === undefined ? (n * 7) % count : placements[placement].place(key(n), count);
    if (partition === placements.fnv1a.place(key(n), count)) continue;
    tally.add(key(n), partition, count);
    found += 1;
  }
  return tally;
}

const foreign = placementNames.filter((name) => name !== "fnv1a");

describe.each([3, 6, 12, 50])("on %i partitions", (count) => {
  test.each(foreign)("the strays of a producer by %s name it, and it alone", (placement) => {
    const verdicts = placementsOf(strays(count, 200, [placement]), count);
    expect(verdicts[0]).toMatchObject({ placement });
    expect(verdicts[0]?.share).toBeGreaterThan(0.9);
    expect(verdicts[0]?.confidence).toBeGreaterThan(0.999);
    expect(verdicts.slice(1).filter(({ confidence }) => confidence > 0.9)).toEqual([]);
  });
});

test("two programs under one name are both named, with their shares", () => {
  const verdicts = placementsOf(strays(12, 400, ["murmur2", "consistent", "consistent", "consistent"]), 12);
  expect(verdicts.map(({ placement }) => placement).slice(0, 2)).toEqual(["consistent", "murmur2"]);
  expect(verdicts[0]?.share).toBeCloseTo(0.75, 1);
  expect(verdicts[1]?.share).toBeCloseTo(0.25, 1);
  expect(verdicts[1]?.confidence).toBeGreaterThan(0.99);
});

test("ten strays on twelve partitions are enough to be sure, one is not", () => {
  expect(placementsOf(strays(12, 10, ["consistent"]), 12)[0]).toMatchObject({
    placement: "consistent",
    confidence: expect.toSatisfy((confidence: number) => confidence > 0.95),
  });
  for (const { confidence } of placementsOf(strays(12, 1, ["consistent"]), 12)) expect(confidence).toBeLessThan(0.8);
});

test("one key, however often, is one witness", () => {
  const tally = createPlacementTally();
  for (let n = 0; n < 5000; n += 1) tally.add(key(42), placements.consistent.place(key(42), 12), 12);
  expect(tally.keys()).toBe(1);
  for (const { confidence } of placementsOf(tally, 12)) expect(confidence).toBeLessThan(0.8);
});

test("a producer that chooses partitions by itself is of no known client", () => {
  const verdicts = placementsOf(strays(12, 500, []), 12);
  expect(verdicts.filter(({ confidence }) => confidence > 0.9)).toEqual([]);
});

test("a tally holds a thousand keys at most", () => {
  const tally = createPlacementTally();
  for (let n = 0; n < 10_000; n += 1) tally.add(key(n), 0, 12);
  expect(tally.keys()).toBe(1024);
});
