import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalKey, isCanonicalKey, keyBytes } from "./canonical.js";

describe("canonicalKey of an integer", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [42, "42"],
    [1e15, "1000000000000000"],
    [2 ** 53 - 1, "9007199254740991"],
  ])("writes %s as %s", (value, text) => {
    expect(canonicalKey(value, "integer")).toBe(text);
  });

  it.each([
    -1,
    1.5,
    2 ** 53,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "42",
    "",
    null,
    undefined,
    true,
    42n,
    [42],
    {},
  ])("refuses %s", (value) => {
    expect(() => canonicalKey(value, "integer")).toThrow(expect.objectContaining({ code: "key_invalid" }));
  });

  it("gives a text that is canonical, for every integer there is", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const text = canonicalKey(value, "integer");
        return isCanonicalKey(text, "integer") && Number(text) === value;
      }),
    );
  });
});

describe("canonicalKey of a string", () => {
  it.each(["a", " ", "042", "é", "😀", "__proto__"])("keeps %j as it is", (value) => {
    expect(canonicalKey(value, "string")).toBe(value);
  });

  it.each(["", "\ud800", "a\udc00b", 42, null, undefined])("refuses %j", (value) => {
    expect(() => canonicalKey(value, "string")).toThrow(expect.objectContaining({ code: "key_invalid" }));
  });

  it("does not put a whole long key into the message", () => {
    expect(() => canonicalKey("\ud800".repeat(1000), "string")).toThrow(/a string of 1000 characters/);
  });
});

describe("isCanonicalKey", () => {
  it.each(["", "-1", "+1", "042", "42.0", "4e1", " 42", "42 ", "9007199254740992", "99999999999999999", "None"])(
    "is false for the integer text %j",
    (text) => {
      expect(isCanonicalKey(text, "integer")).toBe(false);
    },
  );
});

it("turns a key into its UTF-8 bytes", () => {
  expect([...keyBytes("é1")]).toEqual([0xc3, 0xa9, 0x31]);
});
