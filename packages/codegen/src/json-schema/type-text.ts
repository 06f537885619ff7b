import {
  declaredTypes,
  type JsonSchema,
  type JsonType,
  jsonTypes,
  namedSchemasAt,
  refName,
  type SchemaObject,
  schemaAt,
  schemasAt,
} from "@keyline/json-schema";
import { onlyDemanded } from "./only-demanded.js";
import { literal, propertyKey, shift } from "./text.js";

/** The TypeScript type of a schema's values as text: for recursive schemas, whose type cannot be inferred. */
export function printType(schema: JsonSchema, typeOf: (name: string) => string): string {
  if (schema === true) return "unknown";
  if (schema === false) return "never";
  const name = refName(schema);
  if (name !== null) return typeOf(name);
  const inner = (part: JsonSchema) => printType(part, typeOf);
  const parts = [printOwn(schema, inner), ...schemasAt(schema, "allOf").map(inner)];
  for (const keyword of ["anyOf", "oneOf"]) {
    const branches = schemasAt(schema, keyword).map(inner);
    if (branches.length > 0)
      parts.push(branches.length === 1 ? (branches[0] ?? "") : `(${[...new Set(branches)].join(" | ")})`);
  }
  const said = parts.filter((part) => part !== "unknown");
  return said.length === 0 ? "unknown" : said.join(" & ");
}

function printOwn(schema: SchemaObject, inner: (part: JsonSchema) => string): string {
  if (Object.hasOwn(schema, "const")) return literal(schema.const);
  if (Array.isArray(schema.enum)) return `(${schema.enum.map(literal).join(" | ") || "never"})`;
  const types = declaredTypes(schema);
  if (types === null) return "unknown";
  const parts = jsonTypes.filter((type) => types.has(type)).map((type) => printOne(type, schema, inner));
  return parts.length === 1 ? (parts[0] ?? "never") : `(${parts.join(" | ") || "never"})`;
}

function printOne(type: JsonType, schema: SchemaObject, inner: (part: JsonSchema) => string): string {
  switch (type) {
    case "array":
      return printArray(schema, inner);
    case "object":
      return printObject(schema, inner);
    default:
      return type;
  }
}

function printArray(schema: SchemaObject, inner: (part: JsonSchema) => string): string {
  const rest = inner(schemaAt(schema, "additionalItems") ?? true);
  if (!Array.isArray(schema.items)) return `${wrap(inner(schemaAt(schema, "items") ?? true))}[]`;
  const items = schemasAt(schema, "items").map((item) => `${wrap(inner(item))}?`);
  return `[${[...items, ...(rest === "never" ? [] : [`...${wrap(rest)}[]`])].join(", ")}]`;
}

function printObject(schema: SchemaObject, inner: (part: JsonSchema) => string): string {
  const required = new Set<unknown>(Array.isArray(schema.required) ? schema.required : []);
  const fields = namedSchemasAt(schema, "properties").map(([name, part]) =>
    required.has(name) ? `${propertyKey(name)}: ${inner(part)};` : `${propertyKey(name)}?: ${inner(part)} | undefined;`,
  );
  const additional = schemaAt(schema, "additionalProperties");
  const isPatterned = namedSchemasAt(schema, "patternProperties").length > 0;
  fields.push(...onlyDemanded(schema).map((name) => `${propertyKey(name)}: unknown;`));
  const isOpen = additional !== undefined && additional !== false;
  if (fields.length === 0 && isOpen) return `{ [name: string]: ${inner(additional)} }`;
  if (fields.length === 0 && !isPatterned) return "object";
  if (isOpen || isPatterned) fields.push("[name: string]: unknown;");
  return `{\n  ${fields.map(shift).join("\n  ")}\n}`;
}

const wrap = (type: string) => (/^[\w."]+$/.test(type) ? type : `(${type})`);
