import type { Files } from "../source/files.js";
import { entry, items, type SourceNode } from "../source/tree.js";
import { circlesOf } from "./circles.js";
import { refText, resolveRef } from "./resolve.js";

/** The time that it takes to read a contract, or to validate a value, grows with this: docs/rules/ref-expansion.md. */
export const maxExpandedValues = 1_000_000;

type Children = (node: SourceNode) => readonly SourceNode[];

/** What a reference leads to; null for any other node, and for a reference that leads nowhere. */
const targetOf = (files: Files, node: SourceNode): SourceNode | null => {
  const ref = refText(node);
  const target = ref === null ? null : resolveRef(files, node.file, ref);
  return target?.kind === "node" ? target.node : null;
};

const ownChildren: Children = (node) =>
  node.kind === "map" ? [...node.entries.values()] : node.kind === "list" ? node.items : [];

const listKeywords = ["allOf", "anyOf", "oneOf"];
const schemaKeywords = ["if", "then", "else", "not"];

/** The schemas that hold for the same value as a schema. */
const schemasInPlace: Children = (node) => [
  ...listKeywords.flatMap((keyword) => items(entry(node, keyword))),
  ...schemaKeywords.flatMap((keyword) => entry(node, keyword) ?? []),
];

/**
 * The innermost node with more descendants than the limit, counted as often as there are ways to them; null where there
 * is none. Each node is visited once. A child that is one of its own ancestors counts as one.
 *
 * Invariant: `sizes` holds the nodes that are counted; `open` those on the way from a root to the one at hand, which
 * wait for their children.
 */
const firstAbove = (roots: Iterable<SourceNode>, childrenOf: Children, limit: number): SourceNode | null => {
  const sizes = new Map<SourceNode, number>();
  const open = new Set<SourceNode>();
  const stack = [...roots];
  for (let node = stack.at(-1); node; node = stack.at(-1)) {
    if (sizes.has(node)) {
      stack.pop();
      continue;
    }
    const children = childrenOf(node);
    if (!open.has(node)) {
      open.add(node);
      stack.push(...children.filter((child) => !sizes.has(child) && !open.has(child)));
      continue;
    }
    const size = children.reduce((sum, child) => sum + (sizes.get(child) ?? 1), 1);
    if (size > limit) return node;
    sizes.set(node, size);
    open.delete(node);
  }
  return null;
};

/**
 * The innermost node that would grow beyond the limit if each reference was replaced by what it leads to; null where
 * there is none. References in a circle stay references; but the schemas that hold for one value are counted in circles
 * too.
 */
export const findExpansion = (files: Files, root: SourceNode, limit = maxExpandedValues): SourceNode | null => {
  const targets = new Map<SourceNode, SourceNode | null>();
  const target = (node: SourceNode) => {
    const known = targets.get(node);
    if (known !== undefined) return known;
    const found = targetOf(files, node);
    targets.set(node, found);
    return found;
  };
  const following =
    (children: Children): Children =>
    (node) => {
      const to = target(node);
      // In later drafts what stands beside a reference holds too.
      return to ? [to, ...children(node).filter(({ kind }) => kind !== "scalar")] : children(node);
    };
  const circles = circlesOf(root, following(ownChildren));
  const writtenOut: Children = (node) => {
    const to = target(node);
    return to && circles.get(to) === circles.get(node) ? [] : following(ownChildren)(node);
  };
  return firstAbove([root], writtenOut, limit) ?? firstAbove(circles.keys(), following(schemasInPlace), limit);
};
