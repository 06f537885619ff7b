import { conjuncts, isObject, type Json, type JsonSchema, type Resolve, type SchemaObject } from "@keyline/json-schema";
import { fieldsOf } from "./properties.js";

/** A schema nests no deeper than this in a sample. */
const deepest = 6;

const texts: Readonly<Record<string, string>> = {
  uuid: "3f0f8a3c-6a4e-4c6b-9d55-0c6ad8f2b7a1",
  "date-time": "2026-01-05T09:30:00.000Z",
  date: "2026-01-05",
  time: "09:30:00Z",
  email: "someone@example.com",
  uri: "https://example.com/",
  hostname: "example.com",
  ipv4: "192.0.2.1",
};

/** A value that reads like one of the schema's, for a document's sake: it need not pass every rule of the schema. */
export function sampleOf(schema: JsonSchema, resolve: Resolve, depth = 0): Json {
  const all = conjuncts(schema, resolve);
  const given = all.map(givenValue).find((value) => value !== undefined);
  if (given !== undefined) return given;
  if (depth >= deepest) return {};
  const branch = all.flatMap((part) => [part.anyOf, part.oneOf]).find((list) => Array.isArray(list) && list.length > 0);
  const base = sampleOfType(all, resolve, depth);
  if (!Array.isArray(branch)) return base;
  const chosen = sampleOf(branch[0], resolve, depth + 1);
  return isObject(base) && isObject(chosen) ? { ...base, ...chosen } : chosen;
}

function givenValue(schema: SchemaObject): Json | undefined {
  const first = (keyword: string) => (Array.isArray(schema[keyword]) ? schema[keyword][0] : undefined);
  return schema.const ?? first("enum") ?? schema.default ?? first("examples");
}

function sampleOfType(all: readonly SchemaObject[], resolve: Resolve, depth: number): Json {
  const said = (keyword: string) => all.map((schema) => schema[keyword]).find((value) => value !== undefined);
  const type = said("type");
  switch (Array.isArray(type) ? type[0] : type) {
    case "string":
      return (
        texts[String(said("format"))] ??
        "text".padEnd(Number(said("minLength") ?? 0), "t").slice(0, Number(said("maxLength") ?? 10_000))
      );
    case "integer":
    case "number":
      return Number(said("minimum") ?? said("multipleOf") ?? 1);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return sampleItems(said("items"), resolve, depth);
    default:
      return sampleFields(all, resolve, depth);
  }
}

function sampleItems(items: Json | undefined, resolve: Resolve, depth: number): Json {
  if (Array.isArray(items)) return items.map((item) => sampleOf(item, resolve, depth + 1));
  return items !== undefined && isObject(items) ? [sampleOf(items, resolve, depth + 1)] : [];
}

function sampleFields(all: readonly SchemaObject[], resolve: Resolve, depth: number): Json {
  const required = fieldsOf({ allOf: all }, resolve).filter(({ isRequired }) => isRequired);
  return Object.fromEntries(
    required.map(({ name, schemas }) => [name, sampleOf({ allOf: schemas }, resolve, depth + 1)]),
  );
}
