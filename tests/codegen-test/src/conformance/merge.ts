import type { JsonSchema } from "@keyline/contract";
import type { Random } from "@keyline/runtime/testing";
import type { NamedSchemas } from "./evaluate.js";

/** A schema's keywords, as loosely as one may look at them. */
export type Keywords = { readonly [keyword: string]: unknown };

export const isKeywords = (value: unknown): value is Keywords =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a value must keep to fit one choice of a schema's branches, with references followed, as one list of keywords. */
export function flatten(schema: unknown, named: NamedSchemas, random: Random, depth = 0): Keywords {
  if (!isKeywords(schema) || depth > 8) return {};
  const again = (part: unknown) => flatten(part, named, random, depth + 1);
  if (typeof schema.$ref === "string") return again(named[schema.$ref.replace("#/schemas/", "")]);
  const { allOf, anyOf, oneOf, if: condition, then: consequence, else: otherwise, ...own } = schema;
  const parts: Keywords[] = listOf(allOf).map(again);
  for (const branches of [anyOf, oneOf].map(listOf)) if (branches.length > 0) parts.push(again(random.pick(branches)));
  if (condition !== undefined) {
    if (random.chance(0.5)) parts.push(again(condition), again(consequence));
    else parts.push(again(otherwise));
  }
  return parts.reduce(merge, own);
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Both schemas as one. */
export const both = (one: unknown, other: unknown): unknown => {
  if (one === undefined || one === true) return other;
  return other === undefined || other === true ? one : { allOf: [one, other] };
};

function merge(one: Keywords, other: Keywords): Keywords {
  const merged: Record<string, unknown> = { ...one };
  for (const [keyword, value] of Object.entries(other)) merged[keyword] = mergeKeyword(keyword, one[keyword], value);
  return merged;
}

function mergeKeyword(keyword: string, one: unknown, other: unknown): unknown {
  if (one === undefined) return other;
  switch (keyword) {
    case "required":
      return [...listOf(one), ...listOf(other)];
    case "properties":
    case "patternProperties":
      return mergeNamed(one, other);
    case "additionalProperties":
    case "additionalItems":
    case "propertyNames":
      return both(one, other);
    case "items":
      return Array.isArray(one) || Array.isArray(other) ? other : both(one, other);
    case "type":
      return typesInBoth(listed(one), listed(other));
    case "enum":
      return listOf(one).filter((value) =>
        listOf(other).some((same) => JSON.stringify(same) === JSON.stringify(value)),
      );
    default:
      if (typeof one !== "number" || typeof other !== "number") return other;
      return /^(min|exclusiveMin)/.test(keyword) ? Math.max(one, other) : Math.min(one, other);
  }
}

const mergeNamed = (one: unknown, other: unknown): Keywords => {
  const merged: Record<string, unknown> = { ...(isKeywords(one) ? one : {}) };
  for (const [name, schema] of Object.entries(isKeywords(other) ? other : {})) {
    merged[name] = Object.hasOwn(merged, name) ? both(merged[name], schema) : schema;
  }
  return merged;
};

export const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const typesInBoth = (one: readonly unknown[], other: readonly unknown[]): readonly unknown[] => {
  const names = (list: readonly unknown[]) => (list.includes("number") ? [...list, "integer"] : list);
  return names(one).filter((type) => names(other).includes(type));
};

/** Whether the schema holds a keyword anywhere. */
export const mentions = (schema: JsonSchema | NamedSchemas, keyword: string): boolean =>
  JSON.stringify(schema).includes(`"${keyword}":`);
