import {
  canonicalText,
  isMultipleOf,
  isObject,
  type Json,
  type JsonType,
  type LimitKeyword,
  lengthOf,
  numberFormats,
  typeOf,
} from "@keyline/json-schema";
import { stringFormats } from "./formats.js";
import type { Node, NodeOf } from "./node.js";

/** Whether a value fits; null where a part of the schema cannot be read and decides. */
export const accepts = (node: Node, value: Json): boolean | null => {
  switch (node.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "and":
      return all(node.parts.map((part) => () => accepts(part, value)));
    case "or":
      return negate(all(node.parts.map((part) => () => negate(accepts(part, value)))));
    case "one":
      return exactlyOne(node.parts.map((part) => accepts(part, value)));
    case "not":
      return negate(accepts(node.part, value));
    case "if": {
      const met = accepts(node.condition, value);
      return met === null ? null : accepts(met ? node.then : node.otherwise, value);
    }
    case "lazy":
      return accepts(node.resolve(), value);
    case "unread":
      return null;
    case "types":
      return node.types.has(typeOf(value)) && !(node.isInteger && typeof value === "number" && value % 1 !== 0);
    case "values":
      return node.values.some((one) => canonicalText(one) === canonicalText(value));
    case "limit":
      return keepsLimit(node, value);
    case "pattern":
      return typeof value !== "string" || regexOf(node.source).test(value);
    case "format":
      return keepsFormat(node.name, value);
    case "at":
    case "from":
    case "contains":
    case "unique":
      return !Array.isArray(value) || acceptsArray(node, value);
    default:
      return !isObject(value) || acceptsObject(node, value);
  }
};

const negate = (answer: boolean | null) => (answer === null ? null : !answer);

const all = (answers: readonly (() => boolean | null)[]): boolean | null => {
  let result: boolean | null = true;
  for (const answer of answers) {
    const one = answer();
    if (one === false) return false;
    if (one === null) result = null;
  }
  return result;
};

const exactlyOne = (answers: readonly (boolean | null)[]): boolean | null => {
  const fitting = answers.filter((answer) => answer === true).length;
  if (fitting > 1) return false;
  return answers.includes(null) ? null : fitting === 1;
};

// Invariant: `regexes` holds the expression of each source that was asked for; they keep no state between tests.
const regexes = new Map<string, RegExp>();

export const regexOf = (source: string): RegExp => {
  const known = regexes.get(source) ?? new RegExp(source, "u");
  regexes.set(source, known);
  return known;
};

/** The kind of value that a limit is about. */
export const limitedType = (keyword: LimitKeyword): JsonType => {
  if (keyword.endsWith("Length")) return "string";
  if (keyword.endsWith("Items")) return "array";
  return keyword.endsWith("Properties") ? "object" : "number";
};

const measure = (value: Json): number | null => {
  if (typeof value === "number") return value;
  if (typeof value === "string") return lengthOf(value);
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : null;
};

const keepsLimit = ({ keyword, value: limit }: NodeOf<"limit">, value: Json): boolean => {
  const size = measure(value);
  if (size === null || typeOf(value) !== limitedType(keyword)) return true;
  if (keyword === "multipleOf") return isMultipleOf(size, limit);
  if (keyword === "exclusiveMinimum") return size > limit;
  if (keyword === "exclusiveMaximum") return size < limit;
  return keyword.startsWith("min") ? size >= limit : size <= limit;
};

const keepsFormat = (name: string, value: Json): boolean => {
  if (typeof value === "string") return stringFormats.get(name)?.(value) ?? true;
  return typeof value === "number" ? (numberFormats.get(name)?.(value) ?? true) : true;
};

const every = (values: readonly Json[], part: Node) => all(values.map((value) => () => accepts(part, value)));

const acceptsArray = (node: NodeOf<"at" | "from" | "contains" | "unique">, value: readonly Json[]): boolean | null => {
  if (node.kind === "unique") return new Set(value.map(canonicalText)).size === value.length;
  if (node.kind === "contains") return negate(all(value.map((item) => () => negate(accepts(node.part, item)))));
  return every(node.kind === "at" ? value.slice(node.index, node.index + 1) : value.slice(node.index), node.part);
};

/** Whether an `others` node speaks of the field. */
export const isOther = ({ names, matched, patterns }: NodeOf<"others">, name: string): boolean => {
  const matches = (source: string) => regexOf(source).test(name);
  return !names.includes(name) && matched.every(matches) && !patterns.some(matches);
};

type ObjectNode = NodeOf<"field" | "matching" | "others" | "required" | "names">;

const acceptsObject = (node: ObjectNode, value: { readonly [name: string]: Json }): boolean | null => {
  const names = Object.keys(value);
  const each = (chosen: readonly string[], part: Node) =>
    every(
      chosen.map((name) => value[name] ?? null),
      part,
    );
  switch (node.kind) {
    case "required":
      return Object.hasOwn(value, node.name);
    case "names":
      return every(names, node.part);
    case "field":
      return !Object.hasOwn(value, node.name) || accepts(node.part, value[node.name] ?? null);
    case "matching":
      return each(
        names.filter((name) => regexOf(node.source).test(name)),
        node.part,
      );
    case "others":
      return each(
        names.filter((name) => isOther(node, name)),
        node.part,
      );
  }
};
