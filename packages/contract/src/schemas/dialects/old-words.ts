import { boolean, items, number, text } from "../../source/tree.js";
import { having, isRefusal, listAt, type Rewrite, refuse, textAt, type Words, without } from "./words.js";

const bounded = (words: Words, bound: string, exclusive: string): ReturnType<Rewrite> => {
  const at = words.get(exclusive);
  if (at === undefined) return words;
  const limit = words.get(bound);
  const isExclusive = boolean(at);
  if (isExclusive === null || (isExclusive && number(limit) === null)) {
    return refuse(at, `${exclusive} is true or false here, beside ${bound}`, `write ${bound} and ${exclusive}: true`);
  }
  if (!isExclusive || limit === undefined) return without(words, exclusive);
  return having(without(words, bound), exclusive, limit);
};

/** Draft 4 and OpenAPI 3.0 say by true or false whether a bound itself is left out. */
export const exclusiveBounds: Rewrite = (words) => {
  const minimum = bounded(words, "minimum", "exclusiveMinimum");
  return isRefusal(minimum) ? minimum : bounded(minimum, "maximum", "exclusiveMaximum");
};

/**
 * OpenAPI 3.0: `nullable` adds null to the types that `type` names in the same schema, and means nothing without it. All
 * other keywords hold for null too: an `enum` without null still refuses it.
 */
export const nullable: Rewrite = (words) => {
  const at = words.get("nullable");
  if (at === undefined) return words;
  const isNullable = boolean(at);
  if (isNullable === null) return refuse(at, "nullable is true or false", "write nullable: true, or remove it");
  const type = words.get("type");
  const rest = without(words, "nullable");
  return isNullable && type !== undefined ? having(rest, "type", listAt(type, [type, textAt(at, "null")])) : rest;
};

/** The other dialects have no `nullable`. Passed over where it would mean something, it would refuse what is meant to fit. */
export const noNullable: Rewrite = (words) => {
  const at = words.get("nullable");
  if (at === undefined || boolean(at) !== true || !words.has("type")) return without(words, "nullable");
  const type = words.get("type");
  const names = (type?.kind === "list" ? items(type) : [type]).map(text).filter((name) => name !== "null");
  const types = [...names, '"null"'];
  return refuse(at, "nullable is a keyword of OpenAPI 3.0 alone", `write type: [${types.join(", ")}] in its place`);
};

/** OpenAPI 3.0 has one type in `type`, and none for null. */
export const singleType: Rewrite = (words) => {
  const type = words.get("type");
  // The meta-schema reports what is not a type in any dialect.
  if (type === undefined || (type.kind !== "list" && text(type) !== "null")) return words;
  return refuse(
    type,
    "type is one of string, number, integer, boolean, array, object in OpenAPI 3.0",
    "name one type, with nullable: true for null, or label the schema as OpenAPI 3.1",
  );
};

/** OpenAPI 3.0 has one schema for all items. */
export const singleItems: Rewrite = (words) => {
  const items = words.get("items");
  if (items?.kind !== "list") return words;
  return refuse(
    items,
    "items is one schema in OpenAPI 3.0, not a list",
    "label the schema as OpenAPI 3.1, and write prefixItems",
  );
};

/** Draft 4 has the schema's own address in `id`. */
export const ownAddress: Rewrite = (words) => (text(words.get("id")) === null ? words : without(words, "id"));
