import { expect, it } from "vitest";
import { textAt, valueAt } from "./pointer.js";

it.each([
  [{ a: { b: 1 } }, ["a", "b"], 1],
  [{ a: [7, 8] }, ["a", "1"], 8],
  [{ a: 1 }, ["a", "b"], undefined],
  [null, ["a"], undefined],
  [{}, ["constructor"], undefined],
  [JSON.parse('{"__proto__": {"a": 1}}'), ["__proto__", "a"], 1],
  ["text", ["length"], undefined],
  [5, [], 5],
])("valueAt of %j along %j is %j", (value, path, expected) => {
  expect(valueAt(value, path)).toBe(expected);
});

it.each([
  [{ a: "x" }, ["a"], "x"],
  [{ a: "" }, ["a"], null],
  [{ a: 1 }, ["a"], null],
  [{ a: "x" }, null, null],
])("textAt of %j along %j is %j", (value, path, expected) => {
  expect(textAt(value, path)).toBe(expected);
});
