import type { Json, JsonSchema } from "@keyline/contract";
import type { Random } from "@keyline/runtime/testing";
import type { NamedSchemas } from "./evaluate.js";
import { isKeywords } from "./merge.js";
import { formatSamples, numberSamples, patternSamples, schemaNames } from "./samples.js";

type Keywords = { readonly [keyword: string]: Json };

/** The schemas with one thing changed, in one of them, as people change contracts and as they do not. */
export function mutateSchemas(schemas: NamedSchemas, random: Random): NamedSchemas {
  const name = random.chance(0.6) ? "Main" : random.pick(Object.keys(schemas));
  return { ...schemas, [name]: mutateSchema(schemas[name] ?? true, random) };
}

/** The schema with one thing changed, somewhere inside it. */
export function mutateSchema(schema: JsonSchema, random: Random): JsonSchema {
  if (!isKeywords(schema)) return random.pick<JsonSchema>([true, false, { type: "string" }, {}]);
  const here = schema as Keywords;
  const inside = Object.keys(here).filter((keyword) => parts.some((part) => part.test(keyword)));
  if (inside.length === 0 || random.chance(0.35)) return mutateHere(here, random);
  const keyword = random.pick(inside);
  return { ...here, [keyword]: mutateInside(here[keyword] ?? true, random, maps.test(keyword)) };
}

const maps = /^(properties|patternProperties|dependencies)$/;
const parts = [
  maps,
  /^(allOf|anyOf|oneOf|items)$/,
  /^(not|if|then|else|additionalItems|contains|additionalProperties|propertyNames)$/,
];

function mutateInside(value: Json, random: Random, isMap: boolean): Json {
  if (Array.isArray(value)) {
    const at = random.below(value.length);
    if (random.chance(0.15)) return value.toSpliced(at, 1);
    if (random.chance(0.1)) return [...value, random.pick(smallSchemas)];
    return value.length === 0 ? value : value.with(at, mutateSchema(value[at] as JsonSchema, random) as Json);
  }
  if (!isMap || !isKeywords(value)) return mutateSchema(value as JsonSchema, random) as Json;
  const entries = Object.entries(value as Keywords);
  const chosen = entries[random.below(entries.length)];
  if (chosen === undefined || random.chance(0.15))
    return { ...value, [random.pick(schemaNames)]: random.pick(smallSchemas) };
  const [name, part] = chosen;
  const others = entries.filter(([other]) => other !== name);
  if (random.chance(0.15)) return Object.fromEntries(others);
  if (Array.isArray(part)) return Object.fromEntries([...others, [name, []]]);
  return Object.fromEntries([...others, [name, mutateSchema(part as JsonSchema, random) as Json]]);
}

const smallSchemas: readonly (Keywords | boolean)[] = [
  { type: "string" },
  { type: "integer" },
  { type: "number", minimum: 0 },
  { type: ["string", "null"] },
  { enum: ["a", "b", 1] },
  { type: "object", properties: { a: { type: "string" } } },
  { type: "array", items: { type: "integer" } },
  true,
];

function mutateHere(schema: Keywords, random: Random): JsonSchema {
  const keywords = Object.keys(schema);
  const keyword = random.pick(keywords);
  const number = random.pick([...numberSamples.slice(0, 12), 5, 10]);
  const count = random.below(4);
  const changed = changeKeyword(schema, keyword, random);
  const added: readonly Keywords[] = [
    { minimum: number },
    { maximum: number },
    { exclusiveMinimum: number },
    { multipleOf: random.pick([1, 2, 0.5, 0.01, 3]) },
    { minLength: count },
    { maxLength: count + 1 },
    { pattern: random.pick(Object.keys(patternSamples)) },
    { format: random.pick(Object.keys(formatSamples)) },
    { minItems: count },
    { maxItems: count },
    { uniqueItems: random.chance(0.5) },
    { minProperties: count },
    { maxProperties: count + 1 },
    { required: [random.pick(schemaNames)] },
    { additionalProperties: random.chance(0.7) ? false : random.pick(smallSchemas) },
    { type: random.pick(["string", "integer", "number", "object", "array", "boolean", "null"]) },
    { not: random.pick(smallSchemas) },
    { contains: random.pick(smallSchemas) },
    { const: random.pick<Json>([1, "a", null, true]) },
    { title: "Another" },
  ];
  const wrapped: readonly Keywords[] = [
    { allOf: [schema] },
    { anyOf: [schema, random.pick(smallSchemas)] },
    { oneOf: [schema, random.pick(smallSchemas)] },
    { not: { not: schema } },
    Object.fromEntries([["if", random.pick(smallSchemas)], ...["then", "else"].map((keyword) => [keyword, schema])]),
  ];
  // A reference stands alone.
  if ("$ref" in schema) return random.chance(0.5) ? { allOf: [schema, random.pick(added)] } : random.pick(wrapped);
  if (random.chance(0.45) && keywords.length > 0) return changed;
  return random.chance(0.15)
    ? random.pick(wrapped)
    : { ...schema, ...withoutTupleContains(schema, random.pick(added)) };
}

/** Behind a tuple ajv forgets `contains` for the empty array. */
const withoutTupleContains = (schema: Keywords, added: Keywords): Keywords =>
  "contains" in added && Array.isArray(schema.items) ? {} : added;

function changeKeyword(schema: Keywords, keyword: string, random: Random): JsonSchema {
  const { [keyword]: value, ...rest } = schema;
  if (random.chance(0.4) || value === undefined) return rest;
  if (typeof value === "number") {
    const isCount = /^m..(Length|Items|Properties)$/.test(keyword);
    const changed = random.pick([value + 1, value - 1, value * 2, value + 0.5]);
    if (keyword === "multipleOf") return { ...rest, multipleOf: random.pick([value * 2, value / 2, value]) };
    return { ...rest, [keyword]: isCount ? Math.max(0, Math.round(changed)) : changed };
  }
  if (typeof value === "boolean") return { ...rest, [keyword]: !value };
  if (keyword === "type")
    return { ...rest, type: random.pick<Json>(["number", "integer", "string", ["string", "null"]]) };
  if (keyword === "enum" && Array.isArray(value))
    return {
      ...rest,
      enum: random.chance(0.5) ? [...value, "more"] : value.slice(0, -1).concat(value.length < 2 ? value : []),
    };
  if (keyword === "required" && Array.isArray(value))
    return {
      ...rest,
      required: random.chance(0.5) ? value.slice(1) : [...new Set([...value, random.pick(schemaNames)])],
    };
  return schema;
}
