import { expect, test } from "vitest";
import { pathText, stepsInto } from "./path.js";

test.each([
  [[], ""],
  [["lines", 0, "price"], "lines[0].price"],
  [[0, 1, "a"], "[0][1].a"],
  [["a.b", "c d", "größe", ""], '["a.b"]["c d"].größe[""]'],
  [["0"], "0"],
])("%j is written %s", (steps, text) => {
  expect(pathText(steps)).toBe(text);
});

test("tokens are numbers in lists, and names elsewhere, where nothing is too", () => {
  const value = { lines: [{ 0: [7] }] };
  expect(stepsInto(value, ["lines", "0", "0", "0"])).toEqual(["lines", 0, "0", 0]);
  expect(stepsInto(value, ["none", "0"])).toEqual(["none", "0"]);
  expect(stepsInto(value, ["toString", "0"])).toEqual(["toString", "0"]);
});
