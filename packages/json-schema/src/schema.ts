import { isObject, type Json, type JsonType, jsonTypes } from "./json.js";

/**
 * A JSON Schema (draft 7, as AsyncAPI 3 uses it). Every `$ref` in it has the form `#/schemas/<name>` and names another
 * schema of the same contract.
 */
export type JsonSchema = boolean | SchemaObject;

/** A schema that is not a boolean. */
export type SchemaObject = { readonly [keyword: string]: Json };

/** Returns a named schema of the contract, the `<name>` of `#/schemas/<name>`. */
export type Resolve = (name: string) => JsonSchema | undefined;

/** Types of JSON Schema; an integer is a number too. */
export type TypeName = JsonType | "integer";

export const typeNames: readonly TypeName[] = [...jsonTypes, "integer"];

export const isTypeName = (name: unknown): name is TypeName => typeNames.some((type) => type === name);

export const isSchema = (value: unknown): value is JsonSchema => typeof value === "boolean" || isObject(value);

/** The schema in a keyword that holds one. */
export const schemaAt = (schema: SchemaObject, keyword: string): JsonSchema | undefined => {
  const found: unknown = schema[keyword];
  return isSchema(found) ? found : undefined;
};

/** The schemas in keywords that hold one schema each; absent keywords are left out. */
export const schemasIn = (schema: SchemaObject, keywords: readonly string[]): readonly JsonSchema[] =>
  keywords.map((keyword): unknown => schema[keyword]).filter(isSchema);

/** The schemas in a keyword that holds a list of them. */
export const schemasAt = (schema: SchemaObject, keyword: string): readonly JsonSchema[] => {
  const found: unknown = schema[keyword];
  return Array.isArray(found) ? found.filter(isSchema) : [];
};

/** The schemas in a keyword that holds them by name, in order. */
export const namedSchemasAt = (schema: SchemaObject, keyword: string): readonly (readonly [string, JsonSchema])[] => {
  const found: unknown = schema[keyword];
  return isObject(found)
    ? Object.entries(found).flatMap(([name, inner]) => (isSchema(inner) ? [[name, inner] as const] : []))
    : [];
};

/** The texts in a list such as `required`; none if it is not a list. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** `dependencies` by field name: the fields that it requires, or a schema for the whole value. */
export const dependenciesOf = (schema: SchemaObject): readonly (readonly [string, Json])[] =>
  isObject(schema.dependencies) ? Object.entries(schema.dependencies) : [];

/** The types in `type` and `nullable`, as written; null if there is no `type`. */
export const writtenTypes = ({ type, nullable }: SchemaObject): readonly Json[] | null => {
  if (type === undefined) return null;
  const names = Array.isArray(type) ? type : [type];
  return nullable === true ? [...names, "null"] : names;
};

/** The types that `type` allows; null if there is no `type`. `integer` counts as `number`. */
export const declaredTypes = (schema: SchemaObject): ReadonlySet<JsonType> | null => {
  const names = writtenTypes(schema);
  if (names === null) return null;
  return new Set(jsonTypes.filter((name) => names.includes(name) || (name === "number" && names.includes("integer"))));
};

/** Whether `type` allows integers and no other numbers. */
export const isIntegerOnly = (schema: SchemaObject): boolean => {
  const names = writtenTypes(schema) ?? [];
  return names.includes("integer") && !names.includes("number");
};

/** Why a text is not a valid ECMAScript regular expression; null if it is valid. */
export const regexFault = (source: string): string | null => {
  try {
    new RegExp(source, "u");
    return null;
  } catch (caught) {
    return caught instanceof Error ? caught.message : String(caught);
  }
};
