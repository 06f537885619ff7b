import { parsePointer } from "@keyline/json-schema";
import { deref } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import type { SourceNode } from "../source/tree.js";

const child = (node: SourceNode | null, token: string): SourceNode | undefined => {
  if (node?.kind === "map") return node.entries.get(token);
  return node?.kind === "list" ? node.items[Number(token)] : undefined;
};

/** The nodes on the way that a path leads from a node, as far as they exist. References are followed. */
export const nodesOnPath = (files: Files, root: SourceNode, path: readonly string[]): readonly SourceNode[] => {
  const nodes = [root];
  let node = root;
  for (const token of path) {
    const next = child(node, token) ?? child(deref(files, node), token);
    if (!next) return nodes;
    node = next;
    nodes.push(node);
  }
  return nodes;
};

/** The node that a path leads to, or the last one on the way that exists. References are followed. */
export const locatePath = (files: Files, root: SourceNode, path: readonly string[]): SourceNode =>
  nodesOnPath(files, root, path).at(-1) ?? root;

/** As {@link locatePath}, for a JSON pointer. */
export const locate = (files: Files, root: SourceNode, pointer: string): SourceNode =>
  locatePath(files, root, parsePointer(pointer) ?? []);
