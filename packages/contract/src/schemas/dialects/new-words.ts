import { entries, items as itemsOf, number, type SourceNode, text } from "../../source/tree.js";
import { acceptsAll, having, listAt, type Rewrite, refuse, schemaAt, type Words, without } from "./words.js";

/** Keywords that hold schemas of the same value, whose properties and items count as evaluated. */
const inPlace = [
  ...["$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"],
] as const;

const unevaluated = (keyword: string, instead: string, at: SourceNode) =>
  refuse(
    at,
    `${keyword} depends on what other schemas of the same value say, which JSON Schema draft 7 cannot express`,
    `write ${instead} in place of ${keyword}, with all that is allowed declared beside it`,
  );

/** What `unevaluatedProperties` means where the schema itself says all that there is: `additionalProperties`. */
export const unevaluatedProperties: Rewrite = (words) => {
  const at = words.get("unevaluatedProperties");
  if (at === undefined) return words;
  const rest = without(words, "unevaluatedProperties");
  if (acceptsAll(at) || words.has("additionalProperties")) return rest;
  if (inPlace.some((keyword) => words.has(keyword)))
    return unevaluated("unevaluatedProperties", "additionalProperties", at);
  return having(rest, "additionalProperties", at);
};

/** The keyword of the items behind a list of items. `tuple` is the keyword of that list. */
const restOf = (words: Words, tuple: "items" | "prefixItems"): "items" | "additionalItems" =>
  tuple === "items" && words.get("items")?.kind === "list" ? "additionalItems" : "items";

/** As {@link unevaluatedProperties}, for items; `contains` evaluates some. */
export const unevaluatedItems =
  (tuple: "items" | "prefixItems"): Rewrite =>
  (words) => {
    const at = words.get("unevaluatedItems");
    if (at === undefined) return words;
    const rest = without(words, "unevaluatedItems");
    const keyword = restOf(words, tuple);
    if (acceptsAll(at) || words.has(keyword)) return rest;
    if ([...inPlace, "contains"].some((one) => words.has(one))) return unevaluated("unevaluatedItems", keyword, at);
    return having(rest, keyword, at);
  };

/** 2020-12 has a list of items in `prefixItems`, and the items behind it in `items`. */
export const prefixItems: Rewrite = (words) => {
  const items = words.get("items");
  if (items?.kind === "list")
    return refuse(items, "items is one schema in this dialect, not a list", "write the list in prefixItems");
  const prefix = words.get("prefixItems");
  const rest = without(words, "prefixItems", "items", "additionalItems");
  if (prefix === undefined) return items === undefined ? rest : having(rest, "items", items);
  const tuple = having(rest, "items", prefix);
  return items === undefined ? tuple : having(tuple, "additionalItems", items);
};

/** `contains` of draft 7 asks for one item at least. */
export const containedCounts: Rewrite = (words) => {
  const rest = without(words, "minContains", "maxContains");
  const least = words.get("minContains");
  const most = words.get("maxContains");
  if (!words.has("contains")) return rest;
  const counted = most ?? (number(least) === 0 || number(least) === 1 ? undefined : least);
  if (counted !== undefined) {
    const name = most === undefined ? "minContains" : "maxContains";
    return refuse(counted, `${name} has no equal in JSON Schema draft 7`, `remove ${name}: contains asks for one item`);
  }
  return number(least) === 0 ? without(rest, "contains") : rest;
};

const both = (schema: SourceNode, names: SourceNode): SourceNode =>
  schemaAt(schema, [["allOf", listAt(schema, [schema, schemaAt(names, [["required", names]])])]]);

/** Later drafts have two keywords for the two forms of `dependencies`. */
export const dependents: Rewrite = (words) => {
  const required = words.get("dependentRequired");
  const schemas = words.get("dependentSchemas");
  const rest = without(words, "dependentRequired", "dependentSchemas");
  const first = required ?? schemas;
  if (first === undefined) return rest;
  const merged = new Map(entries(required));
  for (const [name, schema] of entries(schemas)) {
    const names = merged.get(name);
    merged.set(name, names === undefined ? schema : both(schema, names));
  }
  return having(rest, "dependencies", schemaAt(first, merged));
};

/** Keywords beside a `$ref` that change nothing for the value. */
const silent: ReadonlySet<string> = new Set([
  ...["$ref", "$comment", "$id", "$schema", "$anchor", "$defs", "definitions", "title", "description", "summary"],
  ...["default", "deprecated", "examples", "example", "readOnly", "writeOnly", "externalDocs", "xml"],
]);

/** What stands beside a `$ref` holds together with what it leads to. */
export const besideRef: Rewrite = (words, schema) => {
  const ref = words.get("$ref");
  const says = [...words.keys()].some((keyword) => !silent.has(keyword) && !keyword.startsWith("x-"));
  if (ref === undefined || text(ref) === null || !says) return words;
  const allOf = words.get("allOf");
  const others = allOf === undefined || allOf.kind === "list" ? itemsOf(allOf) : [schemaAt(allOf, [["allOf", allOf]])];
  const reference = schemaAt(schema, [["$ref", ref]]);
  return having(without(words, "$ref"), "allOf", listAt(allOf ?? ref, [reference, ...others]));
};
