import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asJson, deepestJson, isDeeper, longestJson } from "./json-value.js";

const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels)) as unknown;

describe("asJson", () => {
  test("gives back the very value where JSON can say it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(asJson(value, "it")).toBe(value);
      }),
    );
  });

  test("drops properties that are undefined, as JSON does, and nothing else", () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.constantFrom(null, true, -0, 1.5, "text"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.string(), fc.oneof(tie("value"), fc.constant(undefined)), { noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(values, (value) => {
        const made = asJson(value, "it");
        expect(JSON.stringify(made)).toBe(JSON.stringify(value));
        expect(asJson(made, "it")).toBe(made);
      }),
    );
  });

  test("does not change what it was given, and keeps a field __proto__", () => {
    const given = Object.freeze(JSON.parse('{"__proto__":{"a":1},"list":[{"b":2}]}')) as object;
    const spread = Object.defineProperty({ gone: undefined }, "__proto__", { value: { a: 1 }, enumerable: true });
    expect(asJson(given, "it")).toBe(given);
    expect(JSON.stringify(asJson(spread, "it"))).toBe('{"__proto__":{"a":1}}');
  });

  class Money {}
  const circle: { more: unknown[] } = { more: [] };
  circle.more.push(circle);
  test.each([
    ["NaN", { score: Number.NaN }, "score is NaN, which JSON cannot represent"],
    ["infinity", [0, Number.NEGATIVE_INFINITY], "[1] is -Infinity, which JSON cannot represent"],
    ["a bigint", { lines: [{ price: 1n }] }, "lines[0].price is a bigint, which JSON cannot represent"],
    ["a function", { "a b": () => 1 }, '["a b"] is a function, which JSON cannot represent'],
    ["a symbol", [Symbol("x")], "[0] is a symbol, which JSON cannot represent"],
    ["undefined in an array", { list: [1, undefined] }, "list[1] is undefined, which JSON cannot represent"],
    ["undefined itself", undefined, "it is undefined, which JSON cannot represent"],
    ["a date", { at: new Date(0) }, "at is an instance of Date, which JSON cannot represent"],
    ["a map", new Map(), "it is an instance of Map, which JSON cannot represent"],
    ["an instance", { m: new Money() }, "m is an instance of Money, which JSON cannot represent"],
    ["a circle", circle, "more[0] is a circular reference"],
    ["too many levels", { a: nested(deepestJson) }, `it has more than ${deepestJson} levels`],
    ["too many characters", ["x".repeat(longestJson)], `it has more than ${longestJson} characters as JSON`],
  ])("refuses %s, with its path", (_what, value, reason) => {
    expect(() => asJson(value, "a reducer failed")).toThrow(
      expect.objectContaining({ code: "handler_failed", rawMessage: `a reducer failed: ${reason}` }),
    );
  });

  test("takes as many levels as there may be, and the same object in two places", () => {
    const twice = { n: 1 };
    expect(asJson([nested(deepestJson - 1), twice, twice], "it")).toHaveLength(3);
  });

  test("comes to an end for what doubles at each level", () => {
    let value: unknown = 1;
    for (let level = 0; level < 400; level += 1) value = [value, value];
    expect(() => asJson(value, "it")).toThrow(/characters/);
  });

  test("takes plain objects of another realm, and those without a prototype", async () => {
    const { runInNewContext } = await import("node:vm");
    const foreign: unknown = runInNewContext("({ list: [{ n: 1 }] })");
    expect(asJson(foreign, "it")).toBe(foreign);
    const bare = Object.assign(Object.create(null), { n: 1 });
    expect(asJson(bare, "it")).toBe(bare);
  });
});

test("isDeeper counts arrays and objects", () => {
  expect([isDeeper(1, 0), isDeeper([], 0), isDeeper([], 1), isDeeper({ a: [] }, 1), isDeeper({ a: [1] }, 2)]).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
});
