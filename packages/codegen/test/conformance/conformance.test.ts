import type { JsonSchema } from "@keyline/contract";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTexts, namedSchemas, objectOf, schemaArbitrary, valuesFor } from "./arbitrary.js";
import { zodOf } from "./evaluate.js";

/** ajv as the contract means JSON Schema: draft 7, formats asserted, own fields only, decimals exact. */
function ajvOf(schema: JsonSchema): (value: unknown) => boolean {
  const ajv = new Ajv({ strict: false, ownProperties: true, logger: false, multipleOfPrecision: 12 });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const rewritten = JSON.parse(JSON.stringify(schema).replaceAll("#/schemas/", "#/definitions/")) as object | boolean;
  const definitions = JSON.parse(JSON.stringify(namedSchemas).replaceAll("#/schemas/", "#/definitions/")) as object;
  if (typeof rewritten === "boolean") return ajv.compile(rewritten) as (value: unknown) => boolean;
  // A draft-7 $ref hides its neighbours, so the definitions go beside a wrapper.
  return ajv.compile({ allOf: [rewritten], definitions }) as (value: unknown) => boolean;
}

let compared = 0;
function agree(schema: JsonSchema, values: readonly unknown[]) {
  const ajv = ajvOf(schema);
  const zod = zodOf(schema, namedSchemas);
  for (const value of values) {
    compared += 1;
    const said = zod.safeParse(value);
    const expected = ajv(value);
    if (said.success !== expected) {
      throw new Error(`ajv ${expected}, zod ${said.success} on ${JSON.stringify(value)} by ${JSON.stringify(schema)}`);
    }
    if (said.success && JSON.stringify(said.data) !== JSON.stringify(value)) {
      expect(JSON.parse(JSON.stringify(said.data))).toEqual(JSON.parse(JSON.stringify(value)));
    }
  }
}

const formats = [
  "date",
  "time",
  "date-time",
  "iso-time",
  "iso-date-time",
  "duration",
  "uri",
  "uri-reference",
  "uri-template",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "regex",
  "uuid",
  "json-pointer",
  "json-pointer-uri-fragment",
  "relative-json-pointer",
  "byte",
  "password",
  "binary",
  "unheard-of",
];

test.each(formats)("format %s: zod and ajv agree on every trap", (format) => {
  agree({ type: "string", format }, formatTexts);
  agree({ format }, [...formatTexts, 1, null, {}]);
});

test("numbers: integers of any size, exact multiples, bounds", () => {
  const values = [
    0,
    -0,
    1,
    1.0,
    1.5,
    1e300,
    -1e300,
    2 ** 53,
    2 ** 31,
    -(2 ** 31) - 1,
    0.07,
    0.29,
    19.99,
    4.35,
    1.005,
    0.3,
    100,
    1e-7,
    33.33,
  ];
  for (const multipleOf of [1, 2, 3, 0.01, 0.1, 0.5])
    agree(
      { type: "number", multipleOf },
      values.filter((value) => Math.abs(value) < 1e15),
    );
  for (const format of ["int32", "int64", "float", "double"]) agree({ type: "number", format }, values);
  agree({ type: "integer" }, values);
  agree({ type: "integer", minimum: 1, maximum: 2 ** 53 - 1 }, [...values, Number.MAX_SAFE_INTEGER]);
  expect(zodOf({ type: "number", multipleOf: 0.01 }, {}).safeParse(0.07).success).toBe(true);
  expect(zodOf({ type: "number", multipleOf: 0.01 }, {}).safeParse(0.075).success).toBe(false);
  expect(zodOf({ type: "number", multipleOf: 1 }, {}).safeParse(1e300).success).toBe(true);
});

test("fields that every object inherits are fields like others", () => {
  for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
    const properties = objectOf([[name, { type: "string" }]]) as Record<string, JsonSchema>;
    for (const schema of [
      { type: "object", properties },
      { type: "object", properties, required: [name] },
      { type: "object", required: [name] },
      { type: "object", properties, additionalProperties: false },
    ] as JsonSchema[]) {
      agree(schema, [
        {},
        objectOf([[name, "x"]]),
        objectOf([[name, 1]]),
        objectOf([["a", 1]]),
        objectOf([
          [name, "x"],
          ["b", 2],
        ]),
      ]);
    }
  }
});

test("a field named __proto__ is checked and kept, though ajv passes over its schema", () => {
  const properties = objectOf([["__proto__", { type: "string" }]]) as Record<string, JsonSchema>;
  const text = objectOf([["__proto__", "x"]]);
  const schema = zodOf({ type: "object", properties, required: ["__proto__"] }, {});
  expect(schema.safeParse(text).data).toBe(text);
  expect(schema.safeParse(objectOf([["__proto__", 1]])).success).toBe(false);
  expect(schema.safeParse({}).success).toBe(false);
  expect(zodOf({ type: "object", required: [""] }, {}).safeParse({}).success).toBe(false);
  agree({ type: "object", required: ["__proto__"] }, [{}, text]);
  agree({ type: "object", additionalProperties: false }, [{}, text]);
});

test("random schemas over every keyword: zod and ajv agree on every value", () => {
  const random = Number(process.env.KEYLINE_SEED ?? Date.now() % 2 ** 31);
  for (const seed of [20_261_123, random]) {
    fc.assert(
      fc.property(
        schemaArbitrary.chain((schema) =>
          fc.tuple(fc.constant(schema), fc.array(valuesFor(schema), { minLength: 12, maxLength: 12 })),
        ),
        ([schema, values]) => agree(schema, values),
      ),
      { seed, numRuns: 1500, endOnFailure: false },
    );
  }
  console.log(`zod and ajv compared on ${compared} values, 0 disagreements (random seed ${random})`);
}, 180_000);
