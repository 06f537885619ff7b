import type { Json, JsonSchema } from "@keyline/contract";
import { canonicalText, isRecord } from "./json.js";
import type { Resolve } from "./keywords.js";

const refsIn = (value: Json, found: Set<string>): void => {
  if (Array.isArray(value)) for (const item of value) refsIn(item, found);
  if (!isRecord(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "$ref" && typeof inner === "string") found.add(inner.replace("#/schemas/", ""));
    else refsIn(inner, found);
  }
};

const known = new WeakMap<Resolve, WeakMap<object, string>>();

const textOf = (schema: JsonSchema, resolve: Resolve): string => {
  const names = new Set<string>();
  refsIn(schema, names);
  for (const name of names) refsIn(resolve(name) ?? null, names);
  const parts = [...names].sort().map((name) => `${name}=${canonicalText(resolve(name) ?? null)}`);
  return [canonicalText(schema), ...parts].join("\n");
};

/** A schema as text, with all that it leads to. */
export const reachText = (schema: JsonSchema, resolve: Resolve): string => {
  if (typeof schema === "boolean") return String(schema);
  const texts = known.get(resolve) ?? new WeakMap<object, string>();
  known.set(resolve, texts);
  const text = texts.get(schema) ?? textOf(schema, resolve);
  texts.set(schema, text);
  return text;
};
