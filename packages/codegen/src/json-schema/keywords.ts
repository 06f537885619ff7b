import type { JsonSchema } from "@keyline/contract";

/** A schema that is no boolean. */
export type SchemaObject = Exclude<JsonSchema, boolean>;

/** The types of JSON that a schema can tell apart. */
export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object";

export const jsonTypes: readonly JsonType[] = ["null", "boolean", "number", "string", "array", "object"];

/** The keywords that say something of one type only. */
export const keywordsOf = {
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"],
  array: ["items", "additionalItems", "contains", "minItems", "maxItems", "uniqueItems"],
  object: [
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "dependencies",
  ],
} as const;

/** Assertions of other drafts: passed over they would let through what the author meant to refuse. */
export const unsupportedKeywords: ReadonlySet<string> = new Set([
  "unevaluatedProperties",
  "unevaluatedItems",
  "dependentRequired",
  "dependentSchemas",
  "prefixItems",
  "minContains",
  "maxContains",
  "contentSchema",
  "$dynamicRef",
  "$recursiveRef",
  "extends",
  "disallow",
  "divisibleBy",
]);

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value));

export const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The name that a `$ref` of a contract's schema points to. */
export function refName(schema: JsonSchema): string | null {
  if (typeof schema === "boolean" || typeof schema.$ref !== "string") return null;
  const prefix = "#/schemas/";
  return schema.$ref.startsWith(prefix) ? schema.$ref.slice(prefix.length) : null;
}

/** Schemas in an array keyword. */
export const schemasAt = (schema: SchemaObject, keyword: string): readonly JsonSchema[] => {
  const found: unknown = schema[keyword];
  return Array.isArray(found) ? found.filter(isSchema) : [];
};

/** Schemas by name in an object keyword, in order. */
export const namedSchemasAt = (schema: SchemaObject, keyword: string): readonly (readonly [string, JsonSchema])[] => {
  const found: unknown = schema[keyword];
  return isObject(found)
    ? Object.entries(found).flatMap(([name, inner]) => (isSchema(inner) ? [[name, inner] as const] : []))
    : [];
};

export const schemaAt = (schema: SchemaObject, keyword: string): JsonSchema | undefined => {
  const found: unknown = schema[keyword];
  return isSchema(found) ? found : undefined;
};

/** Schemas in single-schema keywords, those that are there. */
export const schemasIn = (schema: SchemaObject, keywords: readonly string[]): readonly JsonSchema[] =>
  keywords.map((keyword): unknown => schema[keyword]).filter(isSchema);

/** The types that `type` allows; null where it says nothing. `integer` counts as number. */
export function declaredTypes(schema: SchemaObject): ReadonlySet<JsonType> | null {
  const type: unknown = schema.type;
  if (type === undefined) return null;
  const names = (Array.isArray(type) ? type : [type]).map((name) => (name === "integer" ? "number" : name));
  if (schema.nullable === true) names.push("null");
  return new Set(jsonTypes.filter((name) => names.includes(name)));
}

/** Names that `required` demands and nothing else speaks of: only the type has to know them. */
export function onlyDemanded(schema: SchemaObject): readonly string[] {
  if (schema.additionalProperties !== undefined || !Array.isArray(schema.required)) return [];
  const declared = new Set(namedSchemasAt(schema, "properties").map(([name]) => name));
  return [...new Set(schema.required.map(String))].filter((name) => !declared.has(name));
}
