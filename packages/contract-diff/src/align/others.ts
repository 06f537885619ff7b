import { foreignKeywords, isSame } from "@keyline/json-schema";
import type { Outcome } from "./outcome.js";
import { replaceKeyword } from "./parts.js";

const annotations: ReadonlySet<string> = new Set([
  ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"],
  ...["contentEncoding", "contentMediaType", "externalDocs", "discriminator"],
]);

/** Whether a keyword only tells people something. */
const isAnnotation = (keyword: string) => annotations.has(keyword) || keyword.startsWith("x-");

/** Compares the keywords that are left: some are replaced as a whole, annotations are only told. */
export const alignOthers = (outcome: Outcome): void => {
  const [before, after] = outcome.schemas;
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keywords.filter((keyword) => !isSame(before[keyword], after[keyword]));
  for (const keyword of changed)
    if (keyword === "uniqueItems" || foreignKeywords.has(keyword)) replaceKeyword(outcome, keyword);
  const told = changed.filter(isAnnotation);
  const [first] = told;
  if (first === undefined) return;
  const at = Object.hasOwn(after, first) ? [first] : [];
  const was = Object.hasOwn(before, first) ? [first] : [];
  const says = `has another ${told.join(", ")}`;
  outcome.tell({ rule: "documentation-changed", says, at, was, apply: () => {} });
};
