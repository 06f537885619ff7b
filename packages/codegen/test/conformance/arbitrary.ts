import type { Json, JsonSchema } from "@keyline/contract";
import fc from "fast-check";

/** Names in schemas. Not `__proto__` and the empty name: ajv passes over them; they have a test of their own. */
const schemaNames = ["a", "b", "constructor", "hasOwnProperty", "x-y"];
const names = [...schemaNames, "__proto__", ""];
const schemaName = fc.constantFrom(...schemaNames);
/** Names in the values of enum and const. Not inherited ones: ajv's comparison of objects trips over them. */
const plainName = fc.constantFrom("a", "b", "x-y", "");
const text = fc.oneof(fc.constantFrom("", "a", "ab", "abc", "1", "𝒳", "é", "a b"), fc.string({ maxLength: 4 }));
const numberValue = fc.oneof(
  fc.integer({ min: -4, max: 12 }),
  fc.constantFrom(0.5, 1.5, 0.07, 19.99, 1e300, 2 ** 53, -0.01, 1e-7),
);

/** Text that formats accept, nearly accept, or trip over. */
export const formatTexts = [
  "2026-11-23",
  "2026-02-29",
  "2024-02-29",
  "2026-13-01",
  "1998-12-31T23:59:60Z",
  "1998-12-31T15:59:60.123-08:00",
  "1998-12-31T22:59:60Z",
  "2026-11-23T08:00:00+01:00",
  "2026-11-23T08:00:00",
  "2026-11-23t08:00:00z",
  "2026-11-23 08:00:00Z",
  "08:30:06Z",
  "08:30:06",
  "24:00:00Z",
  "23:59:60Z",
  "08:30:06.283185Z",
  "08:30:06+24:00",
  "0b0c3f6e-1111-4222-8333-444455556666",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "urn:uuid:0b0c3f6e-1111-0222-0333-444455556666",
  "0B0C3F6E-1111-4222-8333-444455556666",
  "0b0c3f6e111142228333444455556666",
  "a@b.co",
  "a@b",
  "a.b+c@x.example",
  ".a@b.co",
  "a@-b.co",
  "http://example.com/a?b=c#d",
  "http://[::1]:80/",
  "urn:isbn:1",
  "//host/path",
  "/rel",
  "rel/a:b",
  "a:b",
  "%zz",
  "http://a b/",
  "",
  "127.0.0.1",
  "256.0.0.1",
  "01.2.3.4",
  "::1",
  "1::",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7",
  "::ffff:1.2.3.4",
  "g::1",
  "example.com",
  "-a.com",
  "a-.com",
  "xn--nxasmq6b",
  "a".repeat(64),
  `${"a".repeat(63)}.com`,
  "P1Y2M3DT4H5M6S",
  "P1W",
  "P",
  "PT",
  "P1D",
  "PT1.5S",
  "/a/b~0c~1",
  "/a~2",
  "#/a",
  "0#",
  "1/a",
  "01/a",
  "^[a-z]+$",
  "[",
  "(?<n>a)\\k<n>",
  "{a}/b{?c*}",
  "{",
  '"',
  'a"b',
  'http://a/"',
  '?"',
  '#"',
  '//"',
  "a'b",
  "a|b",
  "é",
  "^",
  "aGk=",
  "aGk",
  "a===",
];

const formats = [
  "date",
  "time",
  "date-time",
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
  "relative-json-pointer",
  "byte",
  "int32",
  "int64",
  "float",
  "double",
  "password",
  "binary",
];

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

const compact = (schema: Record<string, unknown>): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined)) as JsonSchema;

const count = fc.integer({ min: 0, max: 3 });
const jsonOf = (name: fc.Arbitrary<string>) =>
  fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constant(null),
      fc.boolean(),
      numberValue,
      text,
      fc.constantFrom(...formatTexts),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.tuple(name, tie("value")), { maxLength: 3 }).map((entries) => objectOf(entries) as Json),
    ),
  })).value;
const json = jsonOf(fc.constantFrom(...names));
const plainJson = jsonOf(plainName);

/** An object with own fields only, also one named `__proto__`. */
export function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const fields = new Map(entries.map(([key, value]) => [key, JSON.stringify(value ?? null)]));
  return JSON.parse(`{${[...fields].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`) as object;
}

const typed = { string: fc.constant("string"), number: fc.constantFrom("number", "integer") };
const types = fc.constantFrom("null", "boolean", "number", "integer", "string", "array", "object");

/** Schemas over every keyword that draft 7 asserts with, and references to the named schemas `Tree` and `Leaf`. */
export const schemaArbitrary: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => {
  const schema = tie("schema");
  const schemas = fc.array(schema, { minLength: 1, maxLength: 3 });
  const named = fc
    .array(fc.tuple(schemaName, schema), { maxLength: 3 })
    .map((entries) => objectOf(entries) as Record<string, JsonSchema>);
  const stringSchema = fc.record({
    type: typed.string,
    minLength: optional(count),
    maxLength: optional(count),
    pattern: optional(fc.constantFrom("^a", "b$", "^\\p{L}+$", "[0-9]", "")),
    format: optional(fc.constantFrom(...formats)),
  });
  const numberSchema = fc.record({
    type: typed.number,
    minimum: optional(numberValue),
    maximum: optional(numberValue),
    exclusiveMinimum: optional(numberValue),
    exclusiveMaximum: optional(numberValue),
    multipleOf: optional(fc.constantFrom(1, 2, 0.5, 0.01, 5)),
    format: optional(fc.constantFrom("int32", "int64", "float")),
  });
  const arraySchema = fc
    .record({
      type: fc.constant("array"),
      items: optional(fc.oneof(schema, schemas)),
      additionalItems: optional(schema),
      contains: optional(schema),
      minItems: optional(count),
      maxItems: optional(count),
      uniqueItems: optional(fc.boolean()),
      // ajv forgets `contains` on an empty array behind a tuple.
    })
    .map((schema) => (Array.isArray(schema.items) ? { ...schema, contains: undefined } : schema));
  const objectSchema = fc.record({
    type: fc.constant("object"),
    properties: optional(named),
    required: optional(fc.uniqueArray(schemaName, { maxLength: 2 })),
    additionalProperties: optional(schema),
    patternProperties: optional(
      fc
        .array(fc.tuple(fc.constantFrom("^a", "o", "^x-"), schema), { maxLength: 2 })
        .map((entries) => objectOf(entries)),
    ),
    propertyNames: optional(schema),
    minProperties: optional(count),
    maxProperties: optional(count),
    dependencies: optional(
      fc
        .array(fc.tuple(schemaName, fc.oneof(fc.uniqueArray(schemaName, { maxLength: 2 }), schema)), { maxLength: 2 })
        .map((entries) => objectOf(entries)),
    ),
  });
  const one = fc
    .oneof(stringSchema, numberSchema, arraySchema, objectSchema)
    .map((parts) => parts as Record<string, unknown>);
  const untyped = one.map(({ type: _, ...rest }) => rest);
  const severalTypes = fc
    .tuple(fc.uniqueArray(types, { minLength: 1, maxLength: 3 }), one)
    .map(([type, rest]) => ({ ...rest, type }));
  const values = fc.oneof(
    fc
      .uniqueArray(plainJson, { minLength: 1, maxLength: 4, selector: (value) => JSON.stringify(value) })
      .map((list) => ({ enum: list })),
    plainJson.map((value) => ({ const: value })),
    types.map((type) => ({ type })),
  );
  const combined = fc
    .record({
      base: fc.oneof(one, values, fc.constant({})),
      allOf: optional(schemas),
      anyOf: optional(schemas),
      oneOf: optional(schemas),
      not: optional(schema),
      if: optional(schema),
      // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
      then: optional(schema),
      else: optional(schema),
    })
    .map(({ base, ...rest }) => ({ ...base, ...rest }));
  return {
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 1, arbitrary: fc.boolean() as fc.Arbitrary<JsonSchema> },
      { weight: 4, arbitrary: one.map(compact) },
      { weight: 2, arbitrary: values.map((value) => compact(value)) },
      { weight: 1, arbitrary: untyped.map(compact) },
      { weight: 1, arbitrary: severalTypes.map(compact) },
      { weight: 3, arbitrary: combined.map(compact) },
      { weight: 1, arbitrary: fc.constantFrom<JsonSchema>({ $ref: "#/schemas/Tree" }, { $ref: "#/schemas/Leaf" }) },
    ),
  };
}).schema;

export const namedSchemas: Readonly<Record<string, JsonSchema>> = {
  Leaf: { type: ["string", "null"], minLength: 1 },
  Tree: {
    type: "object",
    properties: { a: { $ref: "#/schemas/Leaf" }, b: { type: "array", items: { $ref: "#/schemas/Tree" } } },
    required: ["a"],
    additionalProperties: { $ref: "#/schemas/Leaf" },
  },
};

/** Values that are likely to fit a schema, or to miss it by little. */
export function valuesFor(schema: JsonSchema, depth = 0): fc.Arbitrary<Json> {
  if (typeof schema === "boolean" || depth > 4) return json;
  if (typeof schema.$ref === "string") return valuesFor(namedSchemas[schema.$ref.slice(10)] ?? true, depth + 1);
  const inner = (part: unknown) => valuesFor((part ?? true) as JsonSchema, depth + 1);
  const choices: fc.Arbitrary<Json>[] = [json];
  if (Array.isArray(schema.enum)) choices.push(fc.constantFrom(...(schema.enum as Json[])));
  if ("const" in schema) choices.push(fc.constant(schema.const as Json));
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    for (const part of (schema[keyword] as JsonSchema[] | undefined) ?? []) choices.push(inner(part));
  }
  for (const keyword of ["if", "then", "else"]) if (keyword in schema) choices.push(inner(schema[keyword]));
  const type = JSON.stringify(schema.type ?? "");
  if (/string/.test(type) || "format" in schema || "pattern" in schema)
    choices.push(text, fc.constantFrom(...formatTexts));
  if (/number|integer/.test(type)) choices.push(numberValue);
  if (/array/.test(type) || "items" in schema) {
    const items = Array.isArray(schema.items)
      ? fc.oneof(...(schema.items as JsonSchema[]).map(inner), json)
      : inner(schema.items);
    choices.push(fc.array(items, { maxLength: 4 }) as fc.Arbitrary<Json>);
  }
  if (/object/.test(type) || "properties" in schema) choices.push(objectsFor(schema, inner));
  return fc.oneof(...choices);
}

function objectsFor(
  schema: Exclude<JsonSchema, boolean>,
  inner: (part: unknown) => fc.Arbitrary<Json>,
): fc.Arbitrary<Json> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  const fields = [...properties, ...names.map((other) => [other, schema.additionalProperties ?? true] as const)];
  const entries = fields.map(([field, part]) => fc.option(fc.tuple(fc.constant(field), inner(part)), { nil: null }));
  return fc.tuple(...entries).map((found) => objectOf(found.filter((entry) => entry !== null)) as Json);
}
