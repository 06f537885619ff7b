import { deref } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entry, items, type MapNode, type SourceNode } from "../source/tree.js";

/** Merging two recursive schemas would not end. */
const maxMergeDepth = 32;

const isNull = (node: SourceNode) => node.kind === "scalar" && node.value === null;

/** JSON merge patch of `patch` over `base`, with the positions of both kept. */
const merge = (files: Files, base: SourceNode | undefined, patch: SourceNode, depth: number): SourceNode => {
  const under = deref(files, base);
  const over = deref(files, patch);
  if (under?.kind !== "map" || over?.kind !== "map" || depth > maxMergeDepth) return patch;
  const merged = new Map(under.entries);
  for (const [key, value] of over.entries) {
    if (isNull(value)) merged.delete(key);
    else merged.set(key, merge(files, merged.get(key), value, depth + 1));
  }
  return { ...over, entries: merged };
};

/** What wins where a trait and its target say the same field: the target in version 3, the trait in version 2. */
export type TraitsOrder = "target-wins" | "traits-win";

/**
 * A message or an operation with its traits applied: later traits win over earlier ones, and what the target says
 * itself wins over all of them, or in version 2 over none.
 */
export const applyTraits = (files: Files, target: MapNode, order: TraitsOrder = "target-wins"): MapNode => {
  const traits = items(deref(files, entry(target, "traits"))).flatMap((trait) => deref(files, trait) ?? []);
  const empty: SourceNode = { ...target, entries: new Map() };
  const layers = order === "target-wins" ? [...traits, target] : [target, ...traits];
  const merged = layers.reduce<SourceNode>((base, one) => merge(files, base, one, 0), empty);
  return merged.kind === "map" ? { ...target, entries: merged.entries } : target;
};
