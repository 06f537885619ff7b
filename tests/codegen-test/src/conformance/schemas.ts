import type { Json, JsonSchema } from "@keyline/contract";
import fc from "fast-check";
import type { NamedSchemas } from "./evaluate.js";
import { formatSamples, numberSamples, patternSamples, schemaNames, textSamples } from "./samples.js";

type Keywords = Record<string, unknown>;

const bound = fc.constantFrom(...numberSamples.filter((value) => Math.abs(value) < 1e16));
const count = fc.integer({ min: 0, max: 3 });
const name = fc.constantFrom(...schemaNames);
const patterns = fc.constantFrom(...Object.keys(patternSamples));
const typeName = fc.constantFrom("null", "boolean", "number", "integer", "string", "array", "object");
/** Values of enum and const: without names that every object inherits, over which ajv's comparison trips. */
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "xsmall" },
    fc.constantFrom<Json>(null, true, false, ...numberSamples, ...textSamples),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b", "x-y"), tie("value"), { maxKeys: 2, noNullPrototype: true }),
  ),
})).value;

/** Some of the keywords. */
const someOf = (keywords: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Keywords> =>
  fc.record(keywords, { requiredKeys: [] });

const stringKeywords = someOf({
  minLength: count,
  maxLength: count,
  pattern: patterns,
  format: fc.constantFrom(...Object.keys(formatSamples)),
});

const numberKeywords = someOf({
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  multipleOf: fc.constantFrom(1, 2, 0.5, 0.1, 0.01, 3, 1e-7),
  format: fc.constantFrom("int32", "int64", "float", "double"),
});

const annotations = someOf({
  title: fc.constant("Title"),
  description: fc.constantFrom("plain", "*/ throw new Error('injected'); /*", "a\n * b\u2028c", "*\u0001/ x"),
  default: value,
  readOnly: fc.boolean(),
  examples: fc.array(value, { maxLength: 1 }),
  "x-note": value,
});

const arrayKeywords = (schema: fc.Arbitrary<JsonSchema>) =>
  someOf({
    items: fc.oneof(schema, fc.array(schema, { minLength: 1, maxLength: 3 })),
    additionalItems: schema,
    contains: schema,
    minItems: count,
    maxItems: count,
    uniqueItems: fc.boolean(),
  }).map(({ contains, ...rest }) =>
    // Behind a tuple ajv forgets `contains` for the empty array.
    contains === undefined || Array.isArray(rest.items) ? rest : { contains, ...rest },
  );

const objectKeywords = (schema: fc.Arbitrary<JsonSchema>, sameValue: fc.Arbitrary<JsonSchema>) =>
  someOf({
    properties: fc.dictionary(name, schema, { maxKeys: 4, noNullPrototype: true }),
    required: fc.uniqueArray(name, { maxLength: 2 }),
    additionalProperties: schema,
    patternProperties: fc.dictionary(fc.constantFrom("^a", "^x-", "o", "^.$"), schema, {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    propertyNames: schema,
    minProperties: count,
    maxProperties: count,
    dependencies: fc.dictionary(name, fc.oneof(fc.uniqueArray(name, { maxLength: 2 }), sameValue), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  });

const refTo = (names: readonly string[]): fc.Arbitrary<JsonSchema> =>
  fc.constantFrom(...names).map((target) => ({ $ref: `#/schemas/${target}` }));

/**
 * A schema over every keyword of draft 7 that asserts something. Its parts may refer to all the names; what speaks of
 * the same value only to some, since a schema that so comes back to itself has no end.
 */
function schemaOver(names: readonly string[], ofSameValue: readonly string[]): fc.Arbitrary<JsonSchema> {
  return fc.letrec<{ schema: JsonSchema; part: JsonSchema }>((tie) => {
    const schema = tie("schema");
    const part = tie("part");
    const some = fc.array(schema, { minLength: 1, maxLength: 3 });
    const ofType: fc.Arbitrary<Keywords> = fc.oneof(
      { weight: 2, arbitrary: stringKeywords.map((rest) => ({ type: "string", ...rest })) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom("number", "integer"), numberKeywords)
          .map(([type, rest]) => ({ type, ...rest })),
      },
      { weight: 2, arbitrary: arrayKeywords(part).map((rest) => ({ type: "array", ...rest })) },
      { weight: 4, arbitrary: objectKeywords(part, schema).map((rest) => ({ type: "object", ...rest })) },
    );
    const untyped = fc
      .tuple(ofType, ofType)
      .map(([one, other]) => ({ ...one, ...other }))
      .map(({ type: _, ...rest }: Keywords) => rest);
    const severalTypes = fc
      .tuple(fc.uniqueArray(typeName, { minLength: 1, maxLength: 4 }), untyped)
      .map(([type, rest]) => ({ ...rest, type }));
    const nullable = ofType.map((rest) => ({ ...rest, nullable: true }));
    const values = fc.oneof(
      fc
        .uniqueArray(value, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) })
        .map((list) => ({ enum: list })),
      value.map((one) => ({ const: one })),
      fc
        .tuple(typeName, fc.uniqueArray(value, { minLength: 2, maxLength: 5, selector: (one) => JSON.stringify(one) }))
        .map(([type, list]) => ({ type, enum: list })),
    );
    const combined = fc
      .tuple(
        fc.oneof(ofType, values, untyped, fc.constant<Keywords>({})),
        someOf({
          ...Object.fromEntries(["allOf", "anyOf", "oneOf"].map((keyword) => [keyword, some])),
          ...Object.fromEntries(["not", "if", "then", "else"].map((keyword) => [keyword, schema])),
        }),
      )
      .map(([base, rest]) => ({ ...base, ...rest }));
    const described = fc.tuple(ofType, annotations).map(([base, rest]) => ({ ...base, ...rest }));
    const keywords = (arbitrary: fc.Arbitrary<Keywords>, weight: number) => ({
      weight,
      arbitrary: arbitrary as fc.Arbitrary<JsonSchema>,
    });
    return {
      schema: fc.oneof(
        { depthSize: "xsmall", maxDepth: 5, withCrossShrink: true },
        { weight: 1, arbitrary: fc.constantFrom(true, true, false) },
        keywords(ofType, 5),
        keywords(values, 3),
        keywords(untyped, 1),
        keywords(severalTypes, 1),
        keywords(nullable, 1),
        keywords(combined, 4),
        keywords(described, 1),
        ...ofSameValue.map((target) => ({ weight: 1, arbitrary: refTo([target]) })),
      ),
      part: fc.oneof({ weight: 5, arbitrary: schema }, { weight: 2, arbitrary: refTo(names) }),
    };
  }).schema;
}

/** Schemas that refer to each other and to themselves; values are held against `Main`. */
export const schemasArbitrary: fc.Arbitrary<NamedSchemas> = fc.record({
  Main: schemaOver(["Main", "Other", "Third"], ["Other", "Third"]),
  Other: schemaOver(["Main", "Other", "Third"], ["Third"]),
  Third: schemaOver(["Main", "Third"], []),
});
