import type { Json, JsonSchema } from "@keyline/json-schema";
import { describe, expect, test } from "vitest";
import { createComparer } from "../src/index.js";

type Named = { readonly [name: string]: JsonSchema };

const listed = (schemas: Named) => Object.entries(schemas).map(([name, schema]) => ({ name, schema }));

/** Whether a reader takes all that a writer writes: "all", a value that it refuses, or "undecided". */
function written(writer: JsonSchema, reader: JsonSchema, before: Named = {}, after: Named = before): Json {
  const comparer = createComparer();
  const answer = comparer.written(
    { side: comparer.side(listed(before)), schema: writer },
    { side: comparer.side(listed(after)), schema: reader },
  );
  if (answer.kind !== "escapes") return answer.kind === "contained" ? "all" : "undecided";
  return answer.counterexample === undefined ? "not shown" : { refused: answer.counterexample };
}

const refused = (value: Json) => ({ refused: value });
const object = (
  properties: { readonly [name: string]: JsonSchema },
  more: { readonly [keyword: string]: Json } = {},
) => ({
  type: "object",
  properties,
  ...more,
});
const text = { type: "string" } as const;

type Row = readonly [situation: string, writer: JsonSchema, reader: JsonSchema, answer: Json];

describe("scalars", () => {
  test.each<Row>([
    ["bounds said in two ways", { type: "integer", exclusiveMinimum: 0 }, { type: "integer", minimum: 1 }, "all"],
    [
      "the same bounds of numbers",
      { type: "number", exclusiveMinimum: 0 },
      { type: "number", minimum: 1 },
      refused(0.5),
    ],
    ["no integer between", { type: "integer", minimum: 1.2, maximum: 1.8 }, false, "all"],
    ["multiples, exact in decimal", { multipleOf: 0.1, type: "number" }, { multipleOf: 0.01 }, "all"],
    ["multiples of two are of four at times", { type: "integer", multipleOf: 2 }, { multipleOf: 4 }, refused(-2)],
    [
      "multiples of both are of the product",
      { type: "integer", allOf: [{ multipleOf: 2 }, { multipleOf: 3 }] },
      { multipleOf: 6 },
      "all",
    ],
    ["int32 is a range", { type: "integer", minimum: 0, maximum: 100 }, { format: "int32" }, "all"],
    ["beyond int32", { type: "integer" }, { format: "int32", type: "number" }, refused(2 ** 31)],
    ["lengths", { ...text, maxLength: 3 }, { ...text, maxLength: 2 }, refused("aaa")],
    ["the only empty text", { ...text, maxLength: 0 }, { const: "" }, "all"],
    ["a pattern that another one implies", { ...text, pattern: "^[a-f]{2}$" }, { ...text, pattern: "^[a-z]+$" }, "all"],
    [
      "a pattern that implies a length",
      { ...text, pattern: "^\\d{4}$" },
      { ...text, minLength: 4, maxLength: 4 },
      "all",
    ],
    ["a pattern that is not anchored", { ...text, pattern: "ab" }, { ...text, pattern: "a" }, "all"],
    ["patterns that no text fits together", { ...text, allOf: [{ pattern: "^a$" }, { pattern: "^b$" }] }, false, "all"],
    ["a pattern with a lookahead", { ...text, pattern: "^(?=a).$" }, { ...text, pattern: "^a$" }, "undecided"],
    [
      "a long text that a pattern refuses",
      { ...text, minLength: 36, maxLength: 45 },
      { ...text, pattern: "b$" },
      refused("a".repeat(36)),
    ],
    ["a longer text than is written out", { ...text, pattern: "^a{2000}$" }, false, "undecided"],
    [
      "texts that are counted",
      { ...text, pattern: "^[ab]{1,2}$" },
      { enum: ["a", "b", "aa", "ab", "ba", "bb"] },
      "all",
    ],
    ["a format that implies a length", { ...text, format: "date" }, { ...text, maxLength: 10 }, "all"],
    [
      "formats of texts and others",
      { ...text, format: "date" },
      { ...text, format: "date-time" },
      refused("2026-01-05"),
    ],
    ["a format that asserts nothing", text, { ...text, format: "password" }, "all"],
    ["values of a type", { enum: [1, "a", null] }, { type: ["integer", "string", "null"] }, "all"],
    ["both booleans", { type: "boolean" }, { enum: [true, false] }, "all"],
    ["a value that is an object", { const: { a: [1, { b: 2 }] } }, object({ a: { type: "array" } }), "all"],
  ])("%s", (_, writer, reader, answer) => {
    expect(written(writer, reader)).toEqual(answer);
  });
});

describe("what is combined", () => {
  const kind = (name: string, more: JsonSchema = {}) =>
    object({ kind: { const: name }, value: more }, { required: ["kind"] });

  test.each<Row>([
    [
      "one of several by a constant",
      { oneOf: [kind("a"), kind("b")] },
      { oneOf: [kind("a"), kind("b"), kind("c")] },
      "all",
    ],
    ["one less", { oneOf: [kind("a"), kind("b")] }, { oneOf: [kind("a")] }, refused({ kind: "b" })],
    ["what fits two is not one of them", { type: "integer" }, { oneOf: [{ minimum: 0 }, { maximum: 0 }] }, refused(0)],
    ["not", { type: "integer", not: { minimum: 5 } }, { type: "integer", maximum: 4 }, "all"],
    [
      "not of several",
      { not: { anyOf: [text, { type: "null" }] } },
      { type: ["boolean", "number", "array", "object"] },
      "all",
    ],
    ["all cases of a condition", { type: "integer" }, { anyOf: [{ minimum: 3 }, { not: { minimum: 3 } }] }, "all"],
  ])("%s", (_, writer, reader, answer) => {
    expect(written(writer, reader)).toEqual(answer);
  });

  test("a condition", () => {
    const conditional = JSON.parse(
      '{ "if": { "minimum": 10 }, "then": { "multipleOf": 5 }, "else": { "multipleOf": 1 } }',
    );
    expect(written({ type: "number", multipleOf: 5 }, conditional)).toBe("all");
    expect(written({ type: "integer", minimum: 0, maximum: 11 }, conditional)).toEqual(refused(11));
  });
});

describe("arrays", () => {
  const items = (item: Json, more = {}) => ({ type: "array", items: item, ...more });
  test.each<Row>([
    ["items", items({ type: "integer" }), items({ type: "number" }), "all"],
    ["one item is enough to differ", items({ type: "number" }), items({ type: "integer" }), refused([0.5])],
    ["no item, no difference", items({ type: "number" }, { maxItems: 0 }), items(text), "all"],
    ["a tuple", items([text, { type: "null" }]), items([text]), "all"],
    [
      "the rest of a tuple",
      items([text], { additionalItems: { type: "null" } }),
      items({ type: ["string", "null"] }),
      "all",
    ],
    [
      "an item that must be there",
      items({ type: "integer" }, { minItems: 1 }),
      { contains: { type: "number" } },
      "all",
    ],
    ["an item that need not be there", items({ type: "integer" }), { contains: { type: "number" } }, refused([])],
    ["twins", items({ type: "boolean" }), { type: "array", uniqueItems: true }, refused([true, true])],
    ["no twins of one", items({ type: "boolean" }, { maxItems: 1 }), { type: "array", uniqueItems: true }, "all"],
  ])("%s", (_, writer, reader, answer) => {
    expect(written(writer, reader)).toEqual(answer);
  });
});

describe("objects, of which a writer writes declared fields only", () => {
  test.each<Row>([
    ["a reader that knows a field more", object({ a: text }), object({ a: text, b: text }), "all"],
    ["a reader that demands it", object({ a: text }), object({ a: text, b: text }, { required: ["b"] }), refused({})],
    [
      "a closed reader",
      object({ a: text, b: text }),
      object({ a: text }, { additionalProperties: false }),
      refused({ b: "a" }),
    ],
    ["a writer that may write anything", { type: "object" }, object({ a: text }), refused({ a: null })],
    [
      "a writer that opens itself",
      object({ a: text }, { additionalProperties: true }),
      object({ b: text }),
      refused({ b: null }),
    ],
    [
      "fields that match",
      { type: "object", patternProperties: { "^x-": text } },
      { type: "object", additionalProperties: text },
      "all",
    ],
    [
      "fields that others match",
      { type: "object", patternProperties: { "^x": text } },
      { patternProperties: { "^xy": { type: "null" } } },
      refused({ xy: "a" }),
    ],
    [
      "names",
      { type: "object", patternProperties: { "^a": {} } },
      { propertyNames: { maxLength: 1 } },
      refused({ aa: null }),
    ],
    ["too few fields", object({ a: text, b: text }, { required: ["a"] }), { minProperties: 2 }, refused({ a: "a" })],
    ["too many fields", object({ a: text, b: text }), { maxProperties: 1 }, refused({ a: "a", b: "a" })],
    [
      "no more fields than there are",
      object({ a: text, b: text }, { additionalProperties: false }),
      { maxProperties: 2 },
      "all",
    ],
    ["a field beside another", object({ a: text, b: text }), { dependencies: { a: ["b"] } }, refused({ a: "a" })],
    [
      "a field that cannot be",
      object({ a: false, b: text }),
      object({ b: text }, { additionalProperties: false }),
      "all",
    ],
    [
      "names that only a pattern sets free",
      { type: "object", patternProperties: { "^x": true }, additionalProperties: { type: "null" } },
      { additionalProperties: { type: "null" } },
      refused({ x: true }),
    ],
    [
      "fields inside of a field of a writer that opens itself",
      object({ a: object({ b: {} }) }, { additionalProperties: true }),
      object({ a: object({ b: {} }, { additionalProperties: false }) }),
      "all",
    ],
    [
      "what parts declare together",
      { allOf: [object({ a: text }), object({ b: text })] },
      object({ a: {}, b: {} }, { additionalProperties: false }),
      "all",
    ],
  ])("%s", (_, writer, reader, answer) => {
    expect(written(writer, reader)).toEqual(answer);
  });

  test("fields inside of fields that two patterns match are those that either declares", () => {
    const inner = (name: string) => object({ [name]: {} });
    const writer = { type: "object", patternProperties: { "^x": inner("a"), y$: inner("b") } };
    const closed = { patternProperties: { "^xy$": object({ a: {}, b: {} }, { additionalProperties: false }) } };
    expect(written(writer, closed)).toBe("all");
    const narrower = { patternProperties: { "^xy$": object({ a: {} }, { additionalProperties: false }) } };
    expect(written(writer, narrower)).toEqual(refused({ xy: { b: null } }));
  });
});

describe("schemas that lead back to themselves", () => {
  const tree = (value: JsonSchema): Named => ({
    Tree: object({ value, children: { type: "array", items: { $ref: "#/schemas/Tree" } } }, { required: ["value"] }),
  });
  const root = { $ref: "#/schemas/Tree" };

  test("are compared as far as values go", () => {
    expect(written(root, root, tree({ type: "integer" }), tree({ type: "number" }))).toBe("all");
    expect(written(root, root, tree({ type: "number" }), tree({ type: "integer" }))).toEqual(refused({ value: 0.5 }));
  });

  test("and have no value where each needs another", () => {
    const endless = { Tree: object({ next: root }, { required: ["next"] }) };
    expect(written(root, false, endless)).toBe("all");
  });

  test("at any depth", () => {
    const list: Named = {
      Tree: { anyOf: [{ type: "null" }, { type: "array", items: [root], minItems: 1, maxItems: 1 }] },
    };
    const upTo = (depth: number): JsonSchema =>
      depth === 0 ? { type: "null" } : { anyOf: [{ type: "null" }, { type: "array", items: upTo(depth - 1) }] };
    expect(written(root, upTo(3), list)).toEqual(refused([[[[null]]]]));
  });
});

test("a schema that has no value inside of another one under search may have one elsewhere", () => {
  const needs = (name: string, target: string) =>
    object({ [name]: { $ref: `#/schemas/${target}` } }, { required: [name] });
  const schemas: Named = {
    A: { anyOf: [needs("k", "W"), needs("b", "B"), object({ c: { const: 0 } }, { required: ["c"] })] },
    W: needs("w", "A"),
    B: needs("a", "A"),
  };
  const writer = object({ p: { $ref: "#/schemas/A" }, q: { $ref: "#/schemas/B" } }, { required: ["p", "q"] });
  expect(written(writer, false, schemas)).toMatchObject({ refused: { q: { a: expect.anything() } } });
});

test("what takes too many steps is undecided, not compatible", () => {
  const comparer = createComparer({ maxSteps: 3 });
  const side = comparer.side([]);
  const of = (schema: JsonSchema) => ({ side, schema });
  const many = (from: number) => ({
    anyOf: Array.from({ length: 9 }, (_, index) => ({ type: "integer", multipleOf: index + from })),
  });
  expect(comparer.written(of(many(2)), of(many(1))).kind).not.toBe("escapes");
  expect(comparer.written(of(many(1)), of(many(2))).kind).not.toBe("contained");
});
