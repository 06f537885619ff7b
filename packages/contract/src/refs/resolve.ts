import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseFragment } from "@keyline/json-schema";
import { readTarget } from "../schemas/dialects/place.js";
import type { Files } from "../source/files.js";
import { entry, type SourceNode, text } from "../source/tree.js";

export type Target =
  | { readonly kind: "node"; readonly node: SourceNode }
  | { readonly kind: "remote" }
  /** Into a file that may not be read. */
  | { readonly kind: "outside" }
  | { readonly kind: "broken"; readonly reason: string };

/** The text of a `$ref`, where the node is a reference. */
export const refText = (node: SourceNode | null | undefined): string | null => text(entry(node, "$ref"));

const isRemote = (location: string) => /^[a-z][a-z0-9+.-]+:/i.test(location) && !/^file:/i.test(location);

const decodePath = (location: string) => {
  try {
    return decodeURIComponent(location);
  } catch {
    return location;
  }
};

const localPath = (from: string, location: string): string | null => {
  try {
    return /^file:/i.test(location) ? fileURLToPath(location) : resolve(dirname(from), decodePath(location));
  } catch {
    return null;
  }
};

interface Parts {
  readonly location: string;
  readonly fragment: string;
}

const split = (ref: string): Parts => {
  const at = ref.indexOf("#");
  return at < 0 ? { location: ref, fragment: "" } : { location: ref.slice(0, at), fragment: ref.slice(at + 1) };
};

/** The absolute path of the local file that a `$ref` written in `from` leads to; null for a remote one. */
export const refFile = (from: string, ref: string): string | null => {
  const { location } = split(ref);
  if (location === "") return from;
  return isRemote(location) || location.startsWith("//") ? null : localPath(from, location);
};

const broken = (reason: string): Target => ({ kind: "broken", reason });

const step = (files: Files, node: SourceNode, token: string, seen: ReadonlySet<SourceNode>): SourceNode | null => {
  // What stands beside a reference is there, whatever it means: files keep their definitions beside a `$ref` at the root.
  const beside = entry(node, token);
  if (beside) return beside;
  const here = deref(files, node, seen);
  if (here?.kind === "map") return here.entries.get(token) ?? null;
  if (here?.kind === "list" && /^(0|[1-9][0-9]*)$/.test(token)) return here.items[Number(token)] ?? null;
  return null;
};

const walk = (files: Files, root: SourceNode, tokens: readonly string[], seen: ReadonlySet<SourceNode>): Target => {
  let node = root;
  for (const token of tokens) {
    const next = step(files, node, token, seen);
    if (next === null) return broken(`there is no ${JSON.stringify(token)}`);
    node = next;
  }
  return { kind: "node", node };
};

/** What a `$ref` that is written in the file `from` leads to; one hop. */
export const resolveRef = (
  files: Files,
  from: string,
  ref: string,
  seen: ReadonlySet<SourceNode> = new Set(),
): Target => {
  const { location, fragment } = split(ref);
  if (isRemote(location) || location.startsWith("//")) return { kind: "remote" };
  const path = refFile(from, ref);
  const tokens = parseFragment(fragment);
  if (path === null) return broken("it is not a valid path");
  if (tokens === null) return broken("its pointer is malformed");
  if (files.outside.has(path)) return { kind: "outside" };
  const unreadable = files.unreadable.get(path);
  if (unreadable !== undefined) return broken(unreadable);
  const root = files.byPath.get(path)?.root;
  if (!root) return broken("the file is not valid YAML or JSON");
  if (root === files.main.root && tokens.length === 0) return broken("it means the whole contract");
  return walk(files, root, tokens, seen);
};

/** Follows a chain of `$ref`s to its end; null where it breaks, goes abroad or leads back to itself. A schema is read as draft 7. */
export const deref = (
  files: Files,
  node: SourceNode | null | undefined,
  seen: ReadonlySet<SourceNode> = new Set(),
): SourceNode | null => {
  const ref = refText(node);
  if (!node || ref === null) return node ?? null;
  if (seen.has(node)) return null;
  const visited = new Set(seen).add(node);
  const target = resolveRef(files, node.file, ref, visited);
  return target.kind === "node" ? deref(files, readTarget(files, target.node, node), visited) : null;
};

/** An entry of a node behind `$ref`s, itself followed. */
export const follow = (
  files: Files,
  node: SourceNode | null | undefined,
  ...keys: readonly string[]
): SourceNode | null => keys.reduce<SourceNode | null>((at, key) => deref(files, entry(at, key)), deref(files, node));
