import { expect, test } from "vitest";
import { ratiosOf, spreadOf, textOfPairs } from "../src/pairs.js";

const pairs = { name: "(x) a part", before: [10, 20, 40, 10], now: [11, 18, 40, 12] };

test("the ratio of each pair is of runs side by side, and its middle is that of the ratios", () => {
  const ratios = ratiosOf(pairs);
  expect(ratios).toEqual([1.1, 0.9, 1, 1.2]);
  const { min, median, max } = spreadOf(ratios);
  expect({ min, max }).toEqual({ min: 0.9, max: 1.2 });
  expect(median).toBeCloseTo(1.05);
  expect(spreadOf([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 });
});

test("prints the spread of both sides and the ratio pair by pair", () => {
  expect(textOfPairs(pairs, { before: "before", now: "now" })).toBe(
    [
      "(x) a part",
      "                                    min   median      max",
      "  before, µs an event             10.00    15.00    40.00",
      "  now, µs an event                11.00    15.00    40.00",
      "  now / before                    0.900    1.050    1.200",
      "  least / least                   1.100",
      "  pair by pair                  1.10 0.90 1.00 1.20",
      "",
    ].join("\n"),
  );
});
