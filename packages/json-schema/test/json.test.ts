import { expect, test } from "vitest";
import { canonicalText, distinct, isMultipleOf, isSame, lengthOf, typeOf } from "../src/index.js";

const withProto: unknown = JSON.parse('{ "__proto__": 1 }');

test.each([
  ["fields in another order", { a: 1, b: [2] }, { b: [2], a: 1 }, true],
  ["zero and minus zero", 0, -0, true],
  ["items in another order", [1, 2], [2, 1], false],
  ["a list and an object", [1], { 0: 1 }, false],
  ["null and an object", null, {}, false],
  ["a field more", { a: 1 }, { a: 1, b: null }, false],
  ["a field named __proto__", withProto, {}, false],
  ["text and number", "1", 1, false],
])("%s: whether they are the same, and so have the same text", (_, one, other, expected) => {
  expect(isSame(one, other)).toBe(expected);
  expect(isSame(other, one)).toBe(expected);
  expect(canonicalText(one) === canonicalText(other)).toBe(expected);
});

test("values that are there already are left out, whatever the order of their fields", () => {
  expect(distinct([{ a: 1, b: 2 }, 1, { b: 2, a: 1 }, 1, "1"])).toEqual([{ a: 1, b: 2 }, 1, "1"]);
});

test.each([
  [0.07, 0.01, true],
  [0.075, 0.01, false],
  [1e300, 3, false],
  [1e300, 1e-7, true],
  [5e-324, 5e-324, true],
  [-0.3, 0.1, true],
  [0, 7, true],
  [1, 0, false],
])("%d is a multiple of %d in decimals: %s", (value, factor, expected) => {
  expect(isMultipleOf(value, factor)).toBe(expected);
});

test("types are JSON's, and null for what JSON cannot hold", () => {
  expect([null, true, 1.5, "a", [], {}].map(typeOf)).toEqual([
    ...["null", "boolean", "number", "string", "array", "object"],
  ]);
  expect([undefined, 1n, () => 1].map((value: unknown) => typeOf(value))).toEqual([null, null, null]);
});

test("lengths are in code points", () => {
  expect(lengthOf("a\u{1f600}b")).toBe(3);
});
