import { canonicalText, type JsonSchema, type Resolve, refNames } from "@keyline/json-schema";

// Invariant: `known` holds the text of each schema that was asked for, by whose names its references mean; schemas
// never change.
const known = new WeakMap<Resolve, WeakMap<object, string>>();

const textOf = (schema: JsonSchema, resolve: Resolve): string => {
  const names = new Set(refNames(schema));
  for (const name of names) for (const further of refNames(resolve(name) ?? true)) names.add(further);
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
