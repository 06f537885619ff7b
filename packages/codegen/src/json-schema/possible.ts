import {
  declaredTypes,
  distinct,
  isIntegerOnly,
  isSame,
  type Json,
  type JsonSchema,
  type JsonType,
  keywordsOf,
  type Resolve,
  refName,
  type SchemaObject,
  schemasAt,
  typeOf,
} from "@keyline/json-schema";

// What the schema expression and the type of a schema are both printed from.

/** Types of JSON that a value may have. */
export type Types = ReadonlySet<JsonType>;

/** The types that a value of the schema can have; null for all. Schemas without `type` beside one with it are read by it. */
export function possibleTypes(
  schema: JsonSchema,
  within: Types | null,
  resolve: Resolve,
  seen: ReadonlySet<string> = new Set(),
): Types | null {
  if (typeof schema === "boolean") return within;
  const name = refName(schema);
  if (name !== null) {
    const target = seen.has(name) ? undefined : resolve(name);
    return target === undefined ? within : possibleTypes(target, within, resolve, new Set(seen).add(name));
  }
  const own = declaredTypes(schema);
  const both = (a: Types | null, b: Types | null) =>
    a === null ? b : b === null ? a : new Set([...a].filter((type) => b.has(type)));
  return schemasAt(schema, "allOf").reduce<Types | null>(
    (types, part) => both(types, possibleTypes(part, null, resolve, seen)),
    both(own, within),
  );
}

/** Whether a schema says anything of its own, beside the parts that it combines. */
export const speaksForItself = (schema: SchemaObject): boolean =>
  "type" in schema || "enum" in schema || "const" in schema || hasTypeKeywords(schema);

/** Whether a keyword is there that binds values of one type. */
export const hasTypeKeywords = (schema: SchemaObject): boolean =>
  Object.values(keywordsOf).some((keywords) => keywords.some((keyword) => keyword in schema));

/** The values that `const` and `enum` leave, of the types that are possible. */
export function valuesOf(schema: SchemaObject, types: Types | null): readonly Json[] | null {
  const listed = schema.enum;
  const single = Object.hasOwn(schema, "const") ? [schema.const ?? null] : null;
  if (!Array.isArray(listed) && !single) return null;
  const values: readonly Json[] = Array.isArray(listed) ? listed : (single ?? []);
  const kept = single && Array.isArray(listed) ? values.filter((value) => isSame(value, single[0])) : values;
  const isWhole = isIntegerOnly(schema);
  const fits = (value: Json) =>
    (types === null || types.has(typeOf(value))) && !(isWhole && typeof value === "number" && !Number.isInteger(value));
  return distinct(kept.filter(fits));
}
