import type { JsonSchema } from "@keyline/json-schema";
import { expect, test } from "vitest";
import { printDeclared } from "./declared.js";

const declared = (schema: JsonSchema) =>
  printDeclared(schema, { ref: (name) => name, recursive: (name) => name === "Tree" });
/** The printed data, read back. */
const read = (schema: JsonSchema): unknown => new Function(`return (${declared(schema)})`)();

test("properties are declared, with what they declare themselves", () => {
  const schema = { properties: { a: { type: "string" }, b: { properties: { c: {} } } } };
  expect(read(schema)).toEqual({ properties: { a: {}, b: { properties: { c: {} } } } });
});

test("a schema opens itself by additionalProperties, true or a schema; false declares nothing", () => {
  expect(read({ properties: { a: {} }, additionalProperties: true })).toEqual({
    properties: { a: {} },
    additional: {},
  });
  expect(read({ additionalProperties: { properties: { a: {} } } })).toEqual({ additional: { properties: { a: {} } } });
  expect(read({ additionalProperties: false })).toEqual({ properties: {} });
});

test("all branches that speak of the same value declare", () => {
  const part = (name: string) => ({ properties: { [name]: {} } });
  for (const keyword of ["allOf", "anyOf", "oneOf"])
    expect(read({ ...part("a"), [keyword]: [part("b"), true, part("c")] })).toEqual({
      anyOf: [part("a"), part("b"), part("c")],
    });
  const conditional = JSON.parse(
    '{ "if": { "properties": { "a": {} } }, "then": { "properties": { "b": {} } }, "else": { "properties": { "c": {} } } }',
  ) as JsonSchema;
  expect(read(conditional)).toEqual({ anyOf: [part("a"), part("b"), part("c")] });
  expect(read({ dependencies: { a: part("b") } })).toEqual(part("b"));
});

test("names that are only demanded can be written, where others are declared", () => {
  expect(read({ properties: { a: {} }, required: ["a", "b"] })).toEqual({ properties: { a: {}, b: {} } });
  expect(read({ properties: { a: {} }, anyOf: [{ required: ["a"] }, { required: ["b"] }] })).toEqual({
    anyOf: [{ properties: { a: {} } }, { properties: { b: {} } }],
  });
  expect(read({ properties: { a: {} }, dependencies: { a: ["b"] } })).toEqual({ properties: { a: {}, b: {} } });
  expect(read({ required: ["a"], anyOf: [{ required: ["b"] }] })).toEqual({});
});

test("items declare for all positions; one that may hold anything opens them", () => {
  const a = { properties: { a: {} } };
  const b = { properties: { b: {} } };
  expect(read({ items: a, additionalItems: b })).toEqual({ items: a });
  expect(read({ items: [a, { type: "string" }], additionalItems: b })).toEqual({ items: { anyOf: [a, b] } });
  expect(read({ items: [a, { type: "object" }] })).toEqual({});
});

test("references are identifiers, lazy where they lead back", () => {
  expect(declared({ properties: { a: { $ref: "#/schemas/A" }, t: { $ref: "#/schemas/Tree" } } })).toBe(
    "{ properties: { a: A, t: { lazy: () => Tree } } }",
  );
});

test("no name gets out of its literal, and __proto__ is a field", () => {
  const properties = JSON.parse('{ "__proto__": {}, "a\\": 1 }; //": {}, "constructor": {} }') as {
    [name: string]: boolean;
  };
  const shape = read({ properties }) as { properties: object };
  expect(Object.keys(shape.properties)).toEqual(["__proto__", 'a": 1 }; //', "constructor"]);
});
