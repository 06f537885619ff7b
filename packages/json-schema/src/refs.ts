import { isObject, type Json } from "./json.js";
import { schemaMapKeywords, valueKeywords } from "./keywords.js";
import { type JsonSchema, type Resolve, type SchemaObject, schemasAt } from "./schema.js";

const prefix = "#/schemas/";

/** A reference to a named schema of the contract. */
export const refTo = (name: string): SchemaObject => ({ $ref: `${prefix}${name}` });

const nameIn = (ref: string): string | null => (ref.startsWith(prefix) ? ref.slice(prefix.length) : null);

/** The name that a `$ref` of a contract's schema points to. */
export const refName = (schema: JsonSchema): string | null =>
  typeof schema === "boolean" || typeof schema.$ref !== "string" ? null : nameIn(schema.$ref);

const rewrite = (value: Json, areNames: boolean, to: (name: string) => string): Json => {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, false, to));
  if (!isObject(value)) return value;
  const pairs = Object.entries(value).map(([key, one]): readonly [string, Json] => {
    if (areNames) return [key, rewrite(one, false, to)];
    if (key === "$ref" && typeof one === "string") {
      const name = nameIn(one);
      return [key, name === null ? one : to(name)];
    }
    return [key, valueKeywords.includes(key) ? one : rewrite(one, schemaMapKeywords.includes(key), to)];
  });
  return Object.fromEntries(pairs);
};

/** A schema with every `$ref` replaced, by the name that it points to; values that merely look like one are left alone. */
export const rewriteRefs = (schema: JsonSchema, to: (name: string) => string): JsonSchema =>
  typeof schema === "boolean" ? schema : (rewrite(schema, false, to) as SchemaObject);

const collect = (value: Json, areNames: boolean, found: Set<string>): void => {
  if (Array.isArray(value)) for (const item of value) collect(item, false, found);
  if (!isObject(value)) return;
  for (const [key, one] of Object.entries(value)) {
    const name = !areNames && key === "$ref" && typeof one === "string" ? nameIn(one) : null;
    if (name !== null) found.add(name);
    else if (areNames || !valueKeywords.includes(key))
      collect(one, !areNames && schemaMapKeywords.includes(key), found);
  }
};

/** The names that the references in a schema point to, each once. */
export const refNames = (schema: JsonSchema): ReadonlySet<string> => {
  const found = new Set<string>();
  collect(schema, false, found);
  return found;
};

/** The schemas that a value of `schema` has to match: the schema, and those that `allOf` and `$ref` refer to. */
export const conjuncts = (
  schema: JsonSchema,
  resolve: Resolve,
  seen: ReadonlySet<string> = new Set(),
): readonly SchemaObject[] => {
  if (typeof schema === "boolean") return [];
  const name = refName(schema);
  if (name === null) return [schema, ...schemasAt(schema, "allOf").flatMap((part) => conjuncts(part, resolve, seen))];
  const target = seen.has(name) ? undefined : resolve(name);
  return target === undefined ? [] : conjuncts(target, resolve, new Set(seen).add(name));
};
