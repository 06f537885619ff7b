import type { Json, JsonSchema } from "@keyline/json-schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainlyValid } from "../src/schemas/plainly-valid.js";
import { createValidator } from "../src/schemas/validator.js";
import { values } from "./dialect-schemas.js";

const plain = (schema: JsonSchema, value: Json, named: Readonly<Record<string, JsonSchema>> = {}) =>
  isPlainlyValid(schema, value, (name) => named[name]);

const name = fc.constantFrom("a", "b", "c");
const number = fc.integer({ min: 0, max: 3 });
const type = fc.constantFrom("string", "integer", "number", "object", "array", "boolean", "null");

/** Schemas of one or two keywords each. */
const schemas = fc.letrec<{ schema: JsonSchema }>((tie) => {
  const inner = tie("schema");
  const word = (keyword: string, value: fc.Arbitrary<unknown>) => value.map((one) => ({ [keyword]: one }) as object);
  const limits = ["minimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties"];
  const keyword = fc.oneof(
    word("type", fc.oneof(type, fc.uniqueArray(type, { minLength: 1 }))),
    word("enum", fc.array(values, { minLength: 1, maxLength: 3 })),
    word("required", fc.uniqueArray(name)),
    ...["items", "additionalProperties", "not"].map((one) => word(one, inner)),
    ...["allOf", "anyOf", "oneOf"].map((one) => word(one, fc.array(inner, { minLength: 1, maxLength: 2 }))),
    word("properties", fc.dictionary(name, inner, { minKeys: 1 })),
    word("properties", fc.dictionary(name, word("const", number), { minKeys: 1 })),
    ...limits.map((one) => word(one, number)),
    fc.constant({ type: "string", nullable: true }),
  );
  const object = fc.tuple(keyword, keyword).map((both) => Object.assign({}, ...both) as JsonSchema);
  return { schema: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.boolean(), object, object) };
}).schema;

test("what is plainly valid is valid by ajv too", () => {
  const counts = { plain: 0, other: 0 };
  const run = (schema: JsonSchema, drawn: readonly unknown[]) => {
    const validator = createValidator([]);
    for (const value of drawn) {
      const isPlain = plain(schema, value as Json);
      counts[isPlain ? "plain" : "other"] += 1;
      if (isPlain) expect({ value, fits: validator.fits(schema, value) }).toEqual({ value, fits: true });
    }
  };
  fc.assert(fc.property(schemas, fc.array(values, { minLength: 12, maxLength: 12 }), run), { numRuns: 300 });
  expect(Math.min(counts.plain, counts.other)).toBeGreaterThan(200);
});

const object = { type: "object", required: ["id"], properties: { id: { type: "integer" } } } as const;

const kindOf = (kind: string): JsonSchema => ({ type: "object", properties: { kind: { const: kind } } });

test.each<[JsonSchema, Json]>([
  [true, 1],
  [object, { id: 1, more: "x" }],
  [{ ...object, additionalProperties: false }, { id: 1 }],
  [
    { ...object, additionalProperties: { type: ["string", "null"] } },
    { id: 1, a: "x", b: null },
  ],
  [{ type: "string", nullable: true }, null],
  [{ type: "string", format: "date-time", "x-more": 1 }, "2024-05-01T10:00:00Z"],
  [{ type: "integer", format: "int64" }, 12],
  [{ type: "string", format: "of-our-own" }, "x"],
  [{ type: "array", items: { enum: [1, { a: 1, b: 2 }] }, minItems: 1 }, [{ b: 2, a: 1 }]],
  [{ allOf: [{ $ref: "#/schemas/Id" }, { maximum: 5, exclusiveMinimum: 0 }] }, 5],
  [{ anyOf: [false, { type: "integer" }] }, 1],
  [{ oneOf: [kindOf("a"), kindOf("b")] }, { kind: "b" }],
  [{ const: "\u{1f600}", maxLength: 1 }, "\u{1f600}"],
])("%j is plainly valid for %j", (schema, value) => {
  expect(plain(schema, value, { Id: { type: "integer" } })).toBe(true);
  expect(createValidator([{ name: "Id", schema: { type: "integer" } }]).fits(schema, value)).toBe(true);
});

test.each<[JsonSchema, Json]>([
  [false, 1],
  [object, {}],
  [object, Object.create({ id: 1 })],
  [
    { ...object, additionalProperties: false },
    { id: 1, more: 1 },
  ],
  [{ type: "string", format: "date-time" }, "2024-05-01"],
  [{ format: "int32" }, 2 ** 40],
  [{ type: "string", pattern: "a" }, "a"],
  [{ oneOf: [{ type: "integer" }, { type: "string" }] }, 1],
  [{ oneOf: [kindOf("a"), kindOf("b")] }, { more: 1 }],
  [{ oneOf: [kindOf("a"), kindOf("a")] }, { kind: "a" }],
  [
    {
      discriminator: { propertyName: "kind", mapping: { a: "#/schemas/Id" } },
      oneOf: [{ $ref: "#/schemas/Id" }, true],
    },
    { kind: "a" },
  ],
  [{ items: [true] }, [1]],
  [{ $ref: "#/schemas/None" }, 1],
  [{ $ref: "#/schemas/Id", type: "string" }, 1],
  [{ toString: 1 }, 1],
  [{ $ref: "#/schemas/Circle" }, 1],
])("%j is not plainly valid for %j", (schema, value) => {
  const circle: JsonSchema = { allOf: [{ $ref: "#/schemas/Circle" }] };
  expect(plain(schema, value, { Id: { type: "integer" }, Circle: circle })).toBe(false);
});
