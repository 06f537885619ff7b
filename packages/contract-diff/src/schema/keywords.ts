import type { Json, JsonSchema } from "@keyline/contract";
import { isRecord } from "./json.js";

/** A schema that is no boolean. */
export type SchemaObject = Exclude<JsonSchema, boolean>;

/** Gives a named schema of the contract, the `<name>` of `#/schemas/<name>`. */
export type Resolve = (name: string) => JsonSchema | undefined;

/** Assertions of other drafts: what they mean is not known here. */
export const foreignKeywords: ReadonlySet<string> = new Set([
  ...["unevaluatedProperties", "unevaluatedItems", "dependentRequired", "dependentSchemas", "prefixItems"],
  ...["minContains", "maxContains", "contentSchema", "$dynamicRef", "$recursiveRef", "extends", "disallow"],
  "divisibleBy",
]);

export const isSchema = (value: unknown): value is JsonSchema => typeof value === "boolean" || isRecord(value);

/** The name that a `$ref` of a contract's schema points to. */
export const refName = (schema: JsonSchema): string | null => {
  if (typeof schema === "boolean" || typeof schema.$ref !== "string") return null;
  const prefix = "#/schemas/";
  return schema.$ref.startsWith(prefix) ? schema.$ref.slice(prefix.length) : null;
};

export const schemaAt = (schema: SchemaObject, keyword: string): JsonSchema | undefined => {
  const found: unknown = schema[keyword];
  return isSchema(found) ? found : undefined;
};

export const schemasAt = (schema: SchemaObject, keyword: string): readonly JsonSchema[] => {
  const found: unknown = schema[keyword];
  return Array.isArray(found) ? found.filter(isSchema) : [];
};

export const namedSchemasAt = (schema: SchemaObject, keyword: string): readonly (readonly [string, JsonSchema])[] => {
  const found: unknown = schema[keyword];
  return isRecord(found)
    ? Object.entries(found).flatMap(([name, inner]) => (isSchema(inner) ? [[name, inner] as const] : []))
    : [];
};

export const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** Every name that is demanded or a schema for each name that is there, by that name. */
export const dependenciesOf = (schema: SchemaObject): readonly (readonly [string, Json])[] =>
  isRecord(schema.dependencies) ? Object.entries(schema.dependencies) : [];

/** Whether a text is a regular expression that can be used. */
export const isRegex = (source: string): boolean => {
  try {
    new RegExp(source, "u");
    return true;
  } catch {
    return false;
  }
};
