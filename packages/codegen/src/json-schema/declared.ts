import {
  branchesOf,
  demandedNames,
  itemSchemas,
  type JsonSchema,
  namedSchemasAt,
  namesAround,
  refName,
  type SchemaObject,
  schemaAt,
} from "@keyline/json-schema";
import { list, propertyKey } from "./text.js";

/** What printing needs to know of the schemas around. */
export interface DeclaredOptions {
  /** The identifier of a named schema's declared shape. */
  ref(name: string): string;
  recursive(name: string): boolean;
}

/** Prints which fields a schema declares, for the writing side: data of the runtime's type DeclaredShape. */
export function printDeclared(schema: JsonSchema, options: DeclaredOptions): string {
  return print(schema, null, options);
}

/** `known`: names that the schemas around declare of the same value; null where none declares any. */
function print(schema: JsonSchema, known: ReadonlySet<string> | null, options: DeclaredOptions): string {
  if (typeof schema === "boolean") return "{}";
  const name = refName(schema);
  if (name !== null) return options.recursive(name) ? `{ lazy: () => ${options.ref(name)} }` : options.ref(name);
  const names = namesAround(schema, known);
  const branches = branchesOf(schema).map((part) => print(part, names, options));
  const shape = printOwn(schema, names, (part) => print(part, null, options));
  const parts = [shape, ...branches].filter((part) => part !== "{}");
  if (parts.length <= 1) return parts[0] ?? "{}";
  return `{ anyOf: ${list("[", parts, "]")} }`;
}

function printOwn(
  schema: SchemaObject,
  known: ReadonlySet<string> | null,
  inner: (part: JsonSchema) => string,
): string {
  const parts: string[] = [];
  const named = (keyword: string) =>
    namedSchemasAt(schema, keyword).map(([name, part]) => `${propertyKey(name)}: ${inner(part)}`);
  const fields = [...named("properties"), ...demandedNames(schema, known).map((name) => `${propertyKey(name)}: {}`)];
  const patterns = named("patternProperties");
  if (fields.length > 0) parts.push(`properties: ${list("{ ", fields, " }")}`);
  if (patterns.length > 0) parts.push(`patterns: ${list("{ ", patterns, " }")}`);
  const additional = schemaAt(schema, "additionalProperties");
  // Said explicitly, the schema opens itself; not said, only what is declared may be written.
  if (additional !== undefined && additional !== false) parts.push(`additional: ${inner(additional)}`);
  if (additional === false && parts.length === 0) parts.push("properties: {}");
  const items = printItems(schema, inner);
  if (items !== null) parts.push(`items: ${items}`);
  return parts.length === 0 ? "{}" : list("{ ", parts, " }");
}

function printItems(schema: SchemaObject, inner: (part: JsonSchema) => string): string | null {
  const items = itemSchemas(schema).map(inner);
  const [first] = items;
  // Shapes do not tell positions apart: where one of them is open, all are.
  if (first === undefined || items.includes("{}")) return null;
  return items.length === 1 ? first : `{ anyOf: ${list("[", items, "]")} }`;
}
