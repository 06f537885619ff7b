import { expect, test } from "vitest";
import {
  conjuncts,
  declaredTypes,
  encodeToken,
  foreignKeywords,
  isIntegerOnly,
  type JsonSchema,
  keywordsOf,
  limitKeywords,
  parsePointer,
  refNames,
  refTo,
  rewriteRefs,
} from "../src/index.js";

const schema: JsonSchema = {
  properties: { $ref: refTo("A"), enum: { allOf: [refTo("B")] } },
  const: refTo("no reference"),
  enum: [refTo("no reference")],
  examples: [refTo("no reference")],
  items: { $ref: "elsewhere.yaml" },
};

test("references are found where a schema may stand, and nowhere else", () => {
  expect([...refNames(schema)]).toEqual(["A", "B"]);
  expect(rewriteRefs(schema, (name) => `#/definitions/${name}`)).toEqual({
    ...schema,
    properties: { $ref: { $ref: "#/definitions/A" }, enum: { allOf: [{ $ref: "#/definitions/B" }] } },
  });
});

test("what holds together follows allOf and references, once around", () => {
  const named: Readonly<Record<string, JsonSchema>> = {
    A: { title: "A", allOf: [refTo("B")] },
    B: { allOf: [refTo("A")] },
  };
  expect(conjuncts({ allOf: [refTo("A"), true] }, (name) => named[name]).map(({ title }) => title)).toEqual([
    ...[undefined, "A", undefined],
  ]);
});

test("the types that a schema allows", () => {
  const types = (schema: { readonly [keyword: string]: string | boolean | readonly string[] }) => [
    ...(declaredTypes(schema) ?? ["any"]),
  ];
  expect(types({})).toEqual(["any"]);
  expect(types({ type: "integer", nullable: true })).toEqual(["null", "number"]);
  expect(types({ type: ["string", "unheard"] })).toEqual(["string"]);
  expect([["integer"], ["integer", "number"], []].map((type) => isIntegerOnly({ type }))).toEqual([true, false, false]);
});

test("a token survives its way into a pointer and back", () => {
  expect(parsePointer(`/${encodeToken("a/b~c~1")}`)).toEqual(["a/b~c~1"]);
  expect(parsePointer("a")).toBeNull();
  expect(parsePointer("/~2")).toBeNull();
});

test("no keyword is both known and foreign", () => {
  const known = [...limitKeywords, ...Object.values(keywordsOf).flat()];
  expect(known.filter((keyword) => foreignKeywords.has(keyword))).toEqual([]);
});
