import {
  dependenciesOf,
  isIntegerOnly,
  isSchema,
  type JsonSchema,
  type JsonType,
  jsonTypes,
  keywordsOf,
  namedSchemasAt,
  refName,
  type SchemaObject,
  schemaAt,
  schemasAt,
  textsOf,
} from "@keyline/json-schema";
import { printBranches } from "./branches.js";
import { onlyDemanded } from "./only-demanded.js";
import { hasTypeKeywords, possibleTypes, speaksForItself, type Types, valuesOf } from "./possible.js";
import { call, list, literal, propertyKey, shift } from "./text.js";

/** What printing needs to know of the schemas around the one that is printed. */
export interface PrintOptions {
  /** The identifier of a named schema's zod constant. */
  ref(name: string): string;
  /** Whether a named schema leads back to the one that is printed, and so cannot be there yet when this one is made. */
  recursive(name: string): boolean;
  /** A named schema. */
  resolve(name: string): JsonSchema | undefined;
}

/** Prints a JSON Schema as an expression over `s`, the runtime's builders of zod schemas. */
export function printSchema(schema: JsonSchema, options: PrintOptions): string {
  return print(schema, null, options);
}

/** `within`: types that the surroundings leave possible; null for all. */
function print(schema: JsonSchema, within: Types | null, options: PrintOptions): string {
  if (schema === true) return "s.unknown()";
  if (schema === false) return "s.never()";
  const name = refName(schema);
  if (name !== null) return options.recursive(name) ? `s.lazy(() => ${options.ref(name)})` : options.ref(name);
  const types = possibleTypes(schema, within, options.resolve);
  const inner = (part: JsonSchema) => print(part, types, options);
  const mains = schemasAt(schema, "allOf").map(inner);
  mains.push(...printBranches(schema, inner, options.resolve));
  // Beside others a schema that says nothing of its own adds nothing: its types are the others' already.
  const own = printOwn(schema, types, options);
  if (mains.length === 0 || speaksForItself(schema)) mains.unshift(own);
  const main = mains.length === 1 ? (mains[0] ?? own) : call("s.allOf", [list("[", mains, "]")]);
  const checks = checksOf(schema, inner);
  return checks.length === 0 ? main : call(`${main}.check`, checks);
}

function checksOf(schema: SchemaObject, inner: (part: JsonSchema) => string): string[] {
  const checks: string[] = [];
  const not = schemaAt(schema, "not");
  if (not !== undefined) checks.push(call("s.excludes", [inner(not)]));
  const condition = schemaAt(schema, "if");
  const then = schemaAt(schema, "then");
  const otherwise = schemaAt(schema, "else");
  if (condition !== undefined && (then !== undefined || otherwise !== undefined)) {
    const branch = (part: JsonSchema | undefined) => (part === undefined ? "null" : inner(part));
    checks.push(call("s.conditional", [inner(condition), branch(then), branch(otherwise)]));
  }
  return checks;
}

/** The schema's own keywords: type, enum, const and what is said of each type. */
function printOwn(schema: SchemaObject, types: Types | null, options: PrintOptions): string {
  const values = valuesOf(schema, types);
  if (values) {
    const { enum: _, const: __, ...others } = schema;
    const main = printValues(values);
    const rest = printTyped(others, types, options);
    return rest === "s.unknown()" || !hasTypeKeywords(schema)
      ? main
      : call(`${main}.check`, [call("s.conforms", [rest])]);
  }
  return printTyped(schema, types, options);
}

function printValues(values: readonly unknown[]): string {
  const scalars = values.filter((value) => typeof value !== "object" || value === null);
  const others = values.filter((value) => typeof value === "object" && value !== null);
  const parts = others.map((value) => call("s.constant", [literal(value)]));
  if (scalars.length > 0) parts.unshift(printScalars(scalars));
  if (parts.length === 0) return "s.never()";
  return parts.length === 1 ? (parts[0] ?? "") : call("s.union", [list("[", parts, "]")]);
}

function printScalars(values: readonly unknown[]): string {
  if (values.length === 1) return `s.literal(${literal(values[0])})`;
  // zod keeps an enum's values as fields of an object, where inherited names would be in the way.
  const isEnum = values.every((value) => typeof value === "string" && !(value in Object.prototype));
  return call(isEnum ? "s.enum" : "s.literal", [list("[", values.map(literal), "]")]);
}

function printTyped(schema: SchemaObject, types: Types | null, options: PrintOptions): string {
  if (types === null) return printUntyped(schema, options);
  const parts = jsonTypes.filter((type) => types.has(type)).map((type) => printType(type, schema, options));
  const [first] = parts;
  if (first === undefined) return "s.never()";
  if (parts.length === 1) return first;
  if (parts.length === 2 && types.has("null")) return `s.nullable(${parts[1]})`;
  return call("s.union", [list("[", parts, "]")]);
}

/** Without `type` a keyword binds values of its own type only; all others pass. */
function printUntyped(schema: SchemaObject, options: PrintOptions): string {
  const checks = (Object.keys(keywordsOf) as (keyof typeof keywordsOf)[]).flatMap((type) => {
    if (!keywordsOf[type].some((keyword) => keyword in schema)) return [];
    const printed = printType(type, schema, options);
    return printed === plainTypes[type] ? [] : [call("s.onlyIf", [literal(type), printed])];
  });
  return checks.length === 0 ? "s.unknown()" : call("s.unknown().check", checks);
}

const plainTypes: Readonly<Record<JsonType, string>> = {
  null: "s.null()",
  boolean: "s.boolean()",
  number: "s.number()",
  string: "s.string()",
  array: "s.array(s.unknown())",
  object: "s.object({})",
};

function printType(type: JsonType, schema: SchemaObject, options: PrintOptions): string {
  switch (type) {
    case "null":
    case "boolean":
      return plainTypes[type];
    case "string":
      return withKeywords("s.string", plainTypes.string, scalarKeywords(schema, keywordsOf.string));
    case "number":
      return isIntegerOnly(schema)
        ? withKeywords("s.integer", "s.integer()", scalarKeywords(schema, keywordsOf.number))
        : withKeywords("s.number", plainTypes.number, scalarKeywords(schema, keywordsOf.number));
    case "array":
      return printArray(schema, options);
    case "object":
      return printObject(schema, options);
  }
}

const withKeywords = (helper: string, plain: string, keywords: readonly string[]) =>
  keywords.length === 0 ? plain : call(helper, [list("{ ", keywords, " }")]);

const scalarKeywords = (schema: SchemaObject, names: readonly string[]): string[] =>
  names.flatMap((name) => (schema[name] === undefined ? [] : [`${name}: ${literal(schema[name])}`]));

function printArray(schema: SchemaObject, options: PrintOptions): string {
  const inner = (part: JsonSchema) => print(part, null, options);
  const keywords = scalarKeywords(schema, ["minItems", "maxItems"]);
  if (schema.uniqueItems === true) keywords.push("uniqueItems: true");
  const contains = schemaAt(schema, "contains");
  if (contains !== undefined) keywords.push(`contains: ${inner(contains)}`);
  const more = keywords.length === 0 ? [] : [list("{ ", keywords, " }")];
  if (Array.isArray(schema.items)) {
    const items = list("[", schemasAt(schema, "items").map(inner), "]");
    const rest = schemaAt(schema, "additionalItems") ?? true;
    return call("s.tuple", [items, rest === false ? "false" : inner(rest), ...more]);
  }
  const item = inner(schemaAt(schema, "items") ?? true);
  return call("s.array", [item, ...more]);
}

function printObject(schema: SchemaObject, options: PrintOptions): string {
  const inner = (part: JsonSchema) => print(part, null, options);
  const properties = namedSchemasAt(schema, "properties");
  const required = new Set(textsOf(schema.required));
  const fields = properties.map(
    ([name, part]) => `${propertyKey(name)}: ${required.has(name) ? inner(part) : `s.optional(${inner(part)})`}`,
  );
  const additional = schemaAt(schema, "additionalProperties");
  fields.push(...onlyDemanded(schema).map((name) => `${propertyKey(name)}: s.unknown()`));
  const keywords = objectKeywords(schema, required, properties, inner, options);
  const more = keywords.length === 0 ? [] : [list("{ ", keywords, " }")];
  if (fields.length === 0 && additional !== undefined && additional !== false)
    return call("s.record", [inner(additional), ...more]);
  const shape = fields.length === 0 ? "{}" : `{\n  ${fields.map(shift).join(",\n  ")},\n}`;
  if (additional !== undefined && additional !== false)
    return `s.openObject(${[shape, inner(additional), ...more].join(", ")})`;
  return `s.object(${[shape, ...more].join(", ")})`;
}

function objectKeywords(
  schema: SchemaObject,
  required: ReadonlySet<string>,
  properties: readonly (readonly [string, JsonSchema])[],
  inner: (part: JsonSchema) => string,
  options: PrintOptions,
): string[] {
  const keywords: string[] = [];
  const byName = new Map(properties);
  // zod takes a missing field for undefined: a schema that does not refuse that needs the name said apart.
  const apart = [...required].filter((name) => {
    const part = byName.get(name);
    return part === undefined || !refusesUndefined(part, options, new Set());
  });
  if (apart.length > 0) keywords.push(`required: ${literal(apart)}`);
  if (schema.additionalProperties === false) keywords.push("additional: false");
  const named = (keyword: string) =>
    namedSchemasAt(schema, keyword).map(([name, part]) => `${propertyKey(name)}: ${inner(part)}`);
  const patterns = named("patternProperties");
  if (patterns.length > 0) keywords.push(`patterns: ${list("{ ", patterns, " }")}`);
  const names = schemaAt(schema, "propertyNames");
  if (names !== undefined) keywords.push(`names: ${print(names, new Set(["string"]), options)}`);
  keywords.push(...scalarKeywords(schema, ["minProperties", "maxProperties"]));
  const dependencies = dependenciesOf(schema);
  if (dependencies.length > 0) {
    const printed = dependencies.map(([name, demanded]) => {
      const value = isSchema(demanded) ? print(demanded, new Set(["object"]), options) : literal(demanded);
      return `${propertyKey(name)}: ${value}`;
    });
    keywords.push(`dependencies: ${list("{ ", printed, " }")}`);
  }
  return keywords;
}

function refusesUndefined(schema: JsonSchema, options: PrintOptions, seen: Set<string>): boolean {
  if (typeof schema === "boolean") return !schema;
  const name = refName(schema);
  if (name !== null) {
    const target = seen.has(name) ? undefined : options.resolve(name);
    return target !== undefined && refusesUndefined(target, options, seen.add(name));
  }
  if ("type" in schema || "enum" in schema || "const" in schema) return true;
  const refuses = (part: JsonSchema) => refusesUndefined(part, options, new Set(seen));
  const branches = [schemasAt(schema, "anyOf"), schemasAt(schema, "oneOf")].filter((parts) => parts.length > 0);
  return schemasAt(schema, "allOf").some(refuses) || branches.some((parts) => parts.every(refuses));
}
