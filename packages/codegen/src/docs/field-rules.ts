import {
  conjuncts,
  isSchema,
  type Json,
  type Resolve,
  refName,
  type SchemaObject,
  typeOf as typeOfValue,
} from "@keyline/json-schema";
import { code } from "./markdown.js";

/** Types nest no deeper in a table's cell. */
const deepest = 3;

const unique = (texts: readonly string[]) => [...new Set(texts)];

/** What kind of value it is, in JSON Schema's words: `integer`, `string or null`, `array of objects`. */
export function typeOf(schemas: readonly SchemaObject[], resolve: Resolve, depth = 0): string {
  const declared = schemas.flatMap(({ type }) => (Array.isArray(type) ? type : type === undefined ? [] : [type]));
  const names = unique(declared.filter((type) => typeof type === "string"));
  const types = names.length > 0 ? names : impliedTypes(schemas, resolve, depth);
  return types.map((type) => (type === "array" ? arrayType(schemas, resolve, depth) : type)).join(" or ") || "any";
}

function impliedTypes(schemas: readonly SchemaObject[], resolve: Resolve, depth: number): readonly string[] {
  const values = schemas.flatMap((schema) => (Array.isArray(schema.enum) ? schema.enum : constantOf(schema)));
  if (values.length > 0) return unique(values.map(jsonType));
  if (schemas.some((schema) => schema.properties !== undefined)) return ["object"];
  if (depth >= deepest) return [];
  const branches = schemas.flatMap((schema) => [schema.oneOf, schema.anyOf]).filter((one) => Array.isArray(one));
  return unique(
    branches.flat().flatMap((one) => (isSchema(one) ? [typeOf(conjuncts(one, resolve), resolve, depth + 1)] : [])),
  );
}

const constantOf = (schema: SchemaObject): readonly Json[] => (schema.const === undefined ? [] : [schema.const]);

const jsonType = (value: Json): string => (Number.isInteger(value) ? "integer" : typeOfValue(value));

function arrayType(schemas: readonly SchemaObject[], resolve: Resolve, depth: number): string {
  const items = schemas.map((schema) => schema.items).find((one) => one !== undefined);
  if (depth >= deepest || !isSchema(items)) return "array";
  const type = typeOf(conjuncts(items, resolve), resolve, depth + 1);
  return type === "any" ? "array" : `array of ${/ or /.test(type) ? `(${type})` : type}`;
}

/** A keyword that says one thing, and how that reads. */
const sayings: readonly (readonly [string, (value: Json) => string])[] = [
  ["const", (value) => `always ${valueText(value)}`],
  ["enum", (value) => `one of ${Array.isArray(value) ? value.map(valueText).join(", ") : valueText(value)}`],
  ["format", (value) => `format ${code(String(value))}`],
  ["pattern", (value) => `matches ${code(String(value))}`],
  ["multipleOf", (value) => `a multiple of ${valueText(value)}`],
  ["minItems", (value) => `at least ${valueText(value)} items`],
  ["maxItems", (value) => `at most ${valueText(value)} items`],
  ["minProperties", (value) => `at least ${valueText(value)} fields`],
  ["maxProperties", (value) => `at most ${valueText(value)} fields`],
  ["default", (value) => `default ${valueText(value)}`],
];

const valueText = (value: Json) => code(JSON.stringify(value));

/** What a value has to fulfil, as Markdown; a rule that two schemas say stands once. */
export function rulesOf(schemas: readonly SchemaObject[]): readonly string[] {
  return unique(schemas.flatMap((schema) => [...range(schema), ...length(schema), ...said(schema), ...flags(schema)]));
}

const said = (schema: SchemaObject) =>
  sayings.flatMap(([keyword, say]) => {
    const value = schema[keyword];
    return value === undefined ? [] : [say(value)];
  });

function range(schema: SchemaObject): readonly string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return [`${valueText(minimum)} to ${valueText(maximum)}`];
  return [
    ...(minimum === undefined ? [] : [`at least ${valueText(minimum)}`]),
    ...(maximum === undefined ? [] : [`at most ${valueText(maximum)}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${valueText(exclusiveMinimum)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${valueText(exclusiveMaximum)}`]),
  ];
}

function length({ minLength, maxLength }: SchemaObject): readonly string[] {
  if (minLength !== undefined && maxLength !== undefined) {
    return [`${valueText(minLength)} to ${valueText(maxLength)} characters`];
  }
  if (minLength !== undefined) return [`at least ${valueText(minLength)} characters`];
  return maxLength === undefined ? [] : [`at most ${valueText(maxLength)} characters`];
}

/** Keywords whose meaning is in the schema itself: the table says only that they are there. */
const conditions = ["not", "if", "dependencies", "contains", "propertyNames", "patternProperties"] as const;

function flags(schema: SchemaObject): readonly string[] {
  const hasAlternatives = Array.isArray(schema.oneOf) || Array.isArray(schema.anyOf);
  return [
    ...(schema.additionalProperties === false ? ["no other fields"] : []),
    ...(schema.uniqueItems === true ? ["no item twice"] : []),
    ...(hasAlternatives && !refName(schema) ? ["alternatives, see the schema"] : []),
    ...(conditions.some((keyword) => schema[keyword] !== undefined) ? ["further conditions, see the schema"] : []),
    ...(schema.deprecated === true ? ["deprecated"] : []),
  ];
}
