import type { Json, JsonSchema } from "../contract.js";

const dataKeywords: ReadonlySet<string> = new Set(["enum", "const", "default", "examples"]);
const nameKeywords: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependencies"]);

const rewrite = (value: Json, names: boolean, to: (ref: string) => string): Json => {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, false, to));
  if (value === null || typeof value !== "object") return value;
  const pairs = Object.entries(value).map(([key, one]): readonly [string, Json] => {
    if (names) return [key, rewrite(one, false, to)];
    if (key === "$ref" && typeof one === "string") return [key, to(one)];
    return [key, dataKeywords.has(key) ? one : rewrite(one, nameKeywords.has(key), to)];
  });
  return Object.fromEntries(pairs);
};

/** A schema with every `$ref` replaced; values that merely look like references are left alone. */
export const rewriteRefs = (schema: JsonSchema, to: (ref: string) => string): JsonSchema =>
  typeof schema === "boolean" ? schema : (rewrite(schema, false, to) as JsonSchema);
