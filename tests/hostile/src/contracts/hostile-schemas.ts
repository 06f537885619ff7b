import fc from "fast-check";
import { references } from "./references.js";

/** Patterns whose time grows too fast, whose automata are too large, or that are not patterns. */
const patterns = fc.oneof(
  fc.constantFrom(
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "(.*)*x",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(x+x+)+y",
    "^(?=(a+))\\1*$",
    "(a?){50}a{50}",
    "a{1,100000}",
    "(a{1,1000}){1,1000}",
    "(((((a{9}){9}){9}){9}){9}){9}",
    "[\\s\\S]*".repeat(30),
    "(?<=a+)b",
    "\\p{L}+\\p{Nd}*",
    "\\p{NoSuch}",
    "(?<n>a)\\k<n>",
    "\\1(a)",
    "(",
    "[",
    "a**",
    "^[",
    "\\u{110000}",
    "(?i:a)",
    "\ud800",
    `(${"a|".repeat(5000)}b)`,
    "(".repeat(500) + ")".repeat(500),
  ),
  fc
    .array(
      fc.constantFrom(
        "a",
        ".",
        "(a|b)",
        "[^x]",
        "(?:",
        ")",
        "*",
        "+",
        "?",
        "{2,}",
        "|",
        "^",
        "$",
        "\\d",
        "\\b",
        "(?=",
        "(?!",
      ),
      { maxLength: 14 },
    )
    .map((tokens) => tokens.join("")),
);

/** A schema with an example by which a reader would judge its pattern. */
const withPattern = patterns.map((pattern) => ({
  type: "object",
  properties: {
    order_id: { type: "string", pattern, default: `${"a".repeat(40)}!`, examples: [`${"a".repeat(40)}!`] },
  },
}));

const doubling = (keyword: "allOf" | "anyOf" | "oneOf" | "not", levels: number): unknown => {
  let schema: unknown = { type: "string" };
  for (let level = 0; level < levels; level += 1)
    schema = keyword === "not" ? { not: schema } : { [keyword]: [schema, schema] };
  return schema;
};

/** A chain of definitions of which each is used twice by the one before it. */
const chain = (length: number) => ({
  allOf: [{ $ref: "#/components/schemas/S0" }],
  definitions: Object.fromEntries(
    Array.from({ length }, (_, n) => [
      `S${n}`,
      { properties: { a: { $ref: `#/definitions/S${n + 1}` }, b: { $ref: `#/definitions/S${n + 1}` } } },
    ]),
  ),
});

const odd: readonly unknown[] = [
  true,
  false,
  { type: [] },
  { type: "no-such-type" },
  { type: ["string", "string"] },
  { type: "string", minLength: 1e308, maxLength: -1 },
  { type: "number", multipleOf: 0 },
  { type: "number", multipleOf: 1e-308, minimum: 1e308 },
  { type: "integer", exclusiveMinimum: true, minimum: 5 },
  { enum: [] },
  { enum: Array.from({ length: 10_000 }, (_, n) => n) },
  { const: { ["__proto__"]: 1 } },
  { required: Array.from({ length: 5000 }, (_, n) => `f${n}`) },
  { properties: { ["__proto__"]: { type: "string" }, constructor: { type: "number" }, "": {} } },
  { patternProperties: { "(a+)+$": {}, "[": {} } },
  { additionalProperties: { $ref: "#" } },
  { propertyNames: { pattern: "^(a+)+$" } },
  { if: { $ref: "#" }, else: false },
  { unevaluatedProperties: false, $dynamicRef: "#x", $recursiveRef: "#" },
  { $id: "http://127.0.0.1:1/", $schema: "http://127.0.0.1:1/schema" },
  { $id: "asyncapi.yaml", $anchor: "a", $ref: "#a" },
  { format: "no-such-format", contentMediaType: "x", contentEncoding: "base64" },
  { items: [{ type: "string" }], prefixItems: [{}], contains: {}, minContains: -1 },
  { schemaFormat: "application/vnd.apache.avro+json;version=1.9.0", schema: { type: "record" } },
  { schemaFormat: "x", schema: { $ref: "#/" } },
  { discriminator: "x", oneOf: [{ properties: { x: { const: 1 } } }, { properties: { x: { const: 1 } } }] },
];

/** Schemas that are wrong, large, slow or without end. */
export const hostileSchemas: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: withPattern },
  { weight: 3, arbitrary: fc.constantFrom(...odd) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("allOf", "anyOf", "oneOf", "not"), fc.constantFrom(3, 8, 11))
      .map(([keyword, levels]) => doubling(keyword as "not", levels)),
  },
  { weight: 1, arbitrary: fc.constantFrom(5, 30, 200).map(chain) },
  { weight: 1, arbitrary: references.map((ref) => ({ allOf: [{ $ref: ref }, { $ref: ref }] })) },
);
