import { expect, test } from "vitest";
import { harmless, harmlessInPlace, harmlessJson } from "./harmless.js";

const codes = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069],
];
const hostile = codes.map((code) => String.fromCharCode(code)).join("");
const plain = "Grüße, 漢字 😀 \u00a0 \\u001b";

test("whatever steers a terminal or a line is written out; all other text stays", () => {
  expect(harmless("a\u001b[31m\nb\u202e")).toBe("a\\u001b[31m\\u000ab\\u202e");
  expect(harmless(hostile)).toMatch(/^(\\u[0-9a-f]{4})+$/);
  expect(harmless(plain)).toBe(plain);
  expect(harmless(harmless(hostile))).toBe(harmless(hostile));
});

test("in columns a character stands for a character", () => {
  expect(harmlessInPlace(hostile)).toMatch(/^[ \ufffd]+$/);
  expect(harmlessInPlace(hostile)).toHaveLength(codes.length);
  expect(harmlessInPlace(plain)).toBe(plain);
});

test("JSON says the same", () => {
  const value = { [hostile]: [hostile, plain] };
  for (const text of [harmlessJson(value), harmlessJson(value, 2).replaceAll("\n", "")]) {
    expect(harmless(text)).toBe(text);
    expect(JSON.parse(text)).toEqual(value);
  }
});
