import { namedSchemasAt, type SchemaObject } from "@keyline/json-schema";

/** Names that `required` demands and nothing else speaks of: only the type has to know them. */
export function onlyDemanded(schema: SchemaObject): readonly string[] {
  if (schema.additionalProperties !== undefined || !Array.isArray(schema.required)) return [];
  const declared = new Set(namedSchemasAt(schema, "properties").map(([name]) => name));
  return [...new Set(schema.required.map(String))].filter((name) => !declared.has(name));
}
