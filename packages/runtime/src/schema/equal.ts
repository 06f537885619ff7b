import { canonicalText } from "@keyline/json-schema";

/** Whether no two items are the same. */
export function allDifferent(items: readonly unknown[]): boolean {
  const scalars = items.filter((item) => !isContainer(item));
  // By text: comparing each with each, one long list of objects would keep a reader busy for minutes.
  const texts = items.filter(isContainer).map(canonicalText);
  return new Set(scalars).size === scalars.length && new Set(texts).size === texts.length;
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;
