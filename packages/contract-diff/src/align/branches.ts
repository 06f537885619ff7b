import { canonicalText, type JsonSchema, schemasAt } from "@keyline/json-schema";
import type { Outcome } from "./outcome.js";
import { replaceKeyword } from "./parts.js";

/** Pairs the branches: those that are the same first, the others in their order. */
const pairBranches = (
  before: readonly JsonSchema[],
  after: readonly JsonSchema[],
  text: (one: JsonSchema) => string,
) => {
  const left = [...after];
  const partners = before.map((old): JsonSchema | undefined => {
    const at = left.findIndex((fresh) => text(fresh) === text(old));
    return at < 0 ? undefined : left.splice(at, 1)[0];
  });
  const pairs = before.map((old, index) => ({ old, index, fresh: partners[index] ?? left.shift() }));
  return { pairs, added: left };
};

/** Compares the branches of `allOf`, `anyOf` and `oneOf`. */
export const alignBranches = (outcome: Outcome, keyword: string): void => {
  const [before, after] = outcome.schemas;
  const [old, fresh] = [schemasAt(before, keyword), schemasAt(after, keyword)];
  if (old.length === 0 && fresh.length === 0) return;
  if (old.length === 0 || fresh.length === 0) {
    replaceKeyword(outcome, keyword);
    return;
  }
  const isAlternative = keyword !== "allOf";
  const { pairs, added } = pairBranches(old, fresh, canonicalText);
  const kept = pairs.map(({ old: branch, fresh: partner, index }): JsonSchema | null => {
    if (partner !== undefined) return outcome.inner(branch, partner);
    let isGone = false;
    const apply = () => {
      isGone = true;
    };
    const rule = isAlternative ? "branch-removed" : "schema-changed";
    outcome.tell({
      rule,
      says: `has a branch of ${keyword} less`,
      at: [keyword],
      was: [keyword, String(index)],
      apply,
    });
    return isGone ? null : branch;
  });
  const branches = kept.filter((one) => one !== null);
  for (const branch of added) {
    const apply = () => branches.push(outcome.taken(branch));
    const rule = isAlternative ? "branch-added" : "schema-changed";
    const index = String(fresh.indexOf(branch));
    outcome.tell({ rule, says: `has a branch of ${keyword} more`, at: [keyword, index], was: null, apply });
  }
  outcome.result.set(keyword, branches);
};
