import { expect, test } from "vitest";
import { createTimeLimit, outOfTime } from "./time-limit.js";

const endless = (): never => {
  for (;;);
};

test("what ends in time gives its result, or throws as it does", () => {
  const within = createTimeLimit(1000);
  expect(within(() => 42)).toBe(42);
  expect(() =>
    within(() => {
      throw new RangeError("bad");
    }),
  ).toThrow(RangeError);
});

test.each([
  ["a regular expression of exponential time", () => /^(a+)+$/.test(`${"a".repeat(60)}!`)],
  ["an endless loop", endless],
  [
    "one that catches what is thrown",
    () => {
      try {
        return endless();
      } catch {
        return "caught";
      }
    },
  ],
])("%s is ended", (_, run) => {
  const within = createTimeLimit(50);
  expect(within<unknown>(run)).toBe(outOfTime);
  expect(within(() => 42)).toBe(outOfTime);
});
