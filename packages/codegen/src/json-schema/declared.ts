import type { JsonSchema } from "@keyline/contract";
import {
  isObject,
  isSchema,
  namedSchemasAt,
  refName,
  type SchemaObject,
  schemaAt,
  schemasAt,
  schemasIn,
} from "./keywords.js";
import { list, propertyKey } from "./text.js";

/** What printing needs to know of the schemas around. */
export interface DeclaredOptions {
  /** The identifier of a named schema's declared shape. */
  ref(name: string): string;
  recursive(name: string): boolean;
}

/** Prints which fields a schema declares, for the writing side: data of the runtime's type DeclaredShape. */
export function printDeclared(schema: JsonSchema, options: DeclaredOptions): string {
  if (typeof schema === "boolean") return "{}";
  const name = refName(schema);
  if (name !== null) return options.recursive(name) ? `{ lazy: () => ${options.ref(name)} }` : options.ref(name);
  const inner = (part: JsonSchema) => printDeclared(part, options);
  const parts = [printOwn(schema, inner), ...branchesOf(schema).map(inner)].filter((part) => part !== "{}");
  if (parts.length <= 1) return parts[0] ?? "{}";
  return `{ anyOf: ${list("[", parts, "]")} }`;
}

/** Everything that speaks of the same value: what any of it declares is declared. */
function branchesOf(schema: SchemaObject): readonly JsonSchema[] {
  const dependencies = isObject(schema.dependencies) ? Object.values(schema.dependencies).filter(isSchema) : [];
  const single = schemasIn(schema, ["if", "then", "else"]);
  return [
    ...schemasAt(schema, "allOf"),
    ...schemasAt(schema, "anyOf"),
    ...schemasAt(schema, "oneOf"),
    ...single,
    ...dependencies,
  ];
}

function printOwn(schema: SchemaObject, inner: (part: JsonSchema) => string): string {
  const parts: string[] = [];
  const named = (keyword: string, as: string) => {
    const fields = namedSchemasAt(schema, keyword).map(([name, part]) => `${propertyKey(name)}: ${inner(part)}`);
    if (fields.length > 0) parts.push(`${as}: ${list("{ ", fields, " }")}`);
  };
  named("properties", "properties");
  named("patternProperties", "patterns");
  const additional = schemaAt(schema, "additionalProperties");
  // Said explicitly, the schema opens itself; not said, only what is declared may be written.
  if (additional !== undefined && additional !== false) parts.push(`additional: ${inner(additional)}`);
  if (additional === false && parts.length === 0) parts.push("properties: {}");
  const items = itemsOf(schema)
    .map(inner)
    .filter((item) => item !== "{}");
  if (items.length > 0) parts.push(`items: ${items.length === 1 ? items[0] : `{ anyOf: ${list("[", items, "]")} }`}`);
  return parts.length === 0 ? "{}" : list("{ ", parts, " }");
}

function itemsOf(schema: SchemaObject): readonly JsonSchema[] {
  return [...schemasIn(schema, ["items", "additionalItems"]), ...schemasAt(schema, "items")];
}
