import { deref, refText } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import { entries, items, type SourceNode } from "../source/tree.js";

/** Gives the references of a document that lead to a node, whatever the way. */
export type Referrers = (target: SourceNode) => readonly SourceNode[];

const collect = (files: Files): ReadonlyMap<SourceNode, readonly SourceNode[]> => {
  const found = new Map<SourceNode, SourceNode[]>();
  const seen = new Set<SourceNode>();
  const left: SourceNode[] = files.main.root ? [files.main.root] : [];
  for (let node = left.pop(); node; node = left.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const target = refText(node) === null ? null : deref(files, node);
    if (target)
      found
        .set(target, found.get(target) ?? [])
        .get(target)
        ?.push(node);
    left.push(...items(node), ...entries(node).map(([, child]) => child));
  }
  return found;
};

/**
 * Looks through the document once, when it is first asked.
 * Invariant: `found`, once there, has every reference.
 */
export const createReferrers = (files: Files): Referrers => {
  let found: ReturnType<typeof collect> | null = null;
  return (target) => {
    found ??= collect(files);
    return found.get(target) ?? [];
  };
};
