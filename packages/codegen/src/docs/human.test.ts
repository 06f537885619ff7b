import { expect, test } from "vitest";
import { duration, listed, size } from "./human.js";

test("times are in the largest unit that they fill", () => {
  expect([1_209_600_000, 86_400_000, 5_400_000, 90_000, 1000, 20].map(duration)).toEqual([
    "14 days",
    "1 day",
    "1.5 hours",
    "1.5 minutes",
    "1 second",
    "20 ms",
  ]);
});

test("sizes are in the largest unit that they fill", () => {
  expect([1, 1024, 1_610_612_736].map(size)).toEqual(["1 byte", "1 KiB", "1.5 GiB"]);
});

test("lists read as sentences do", () => {
  expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
});
