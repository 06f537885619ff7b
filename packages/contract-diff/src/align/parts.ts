import { schemaAt, schemasAt } from "@keyline/json-schema";
import type { Outcome } from "./outcome.js";

/** Keywords with one schema. */
const partKeywords = ["not", "if", "then", "else", "contains", "additionalItems", "propertyNames"];

/** Compares the schemas that a keyword holds one of, and those of items. */
export const alignParts = (outcome: Outcome): void => {
  for (const keyword of partKeywords) alignPart(outcome, keyword);
  alignItems(outcome);
};

const alignPart = (outcome: Outcome, keyword: string): void => {
  const [before, after] = outcome.schemas;
  const [old, fresh] = [schemaAt(before, keyword), schemaAt(after, keyword)];
  if (old !== undefined && fresh !== undefined) outcome.result.set(keyword, outcome.inner(old, fresh));
  else if (old !== undefined || fresh !== undefined) replaceKeyword(outcome, keyword);
};

const alignItems = (outcome: Outcome): void => {
  const [before, after] = outcome.schemas;
  const [old, fresh] = [schemasAt(before, "items"), schemasAt(after, "items")];
  const areTuples = Array.isArray(before.items) && Array.isArray(after.items);
  if (areTuples && old.length === fresh.length) {
    outcome.result.set(
      "items",
      old.map((part, index) => outcome.inner(part, fresh[index] ?? true)),
    );
  } else if (!Array.isArray(before.items) && !Array.isArray(after.items)) alignPart(outcome, "items");
  else replaceKeyword(outcome, "items");
};

/** The outcome gets all of a keyword from the new schema, or loses it. */
export const replaceKeyword = (outcome: Outcome, keyword: string): void => {
  const { schemas, result } = outcome;
  const [before, after] = schemas;
  const has = [before, after].map((schema) => Object.hasOwn(schema, keyword));
  const says = has[0] ? (has[1] ? `has another ${keyword}` : `has no ${keyword} any longer`) : `has a new ${keyword}`;
  const apply = () => {
    const wrapped = outcome.taken({ [keyword]: after[keyword] ?? null });
    if (has[1] && typeof wrapped === "object") result.set(keyword, wrapped[keyword] ?? null);
    else result.delete(keyword);
  };
  outcome.tell({ rule: "schema-changed", says, at: has[1] ? [keyword] : [], was: has[0] ? [keyword] : null, apply });
};
