import { createHash } from "node:crypto";
import { canonicalText, type Json } from "@keyline/json-schema";
import { refFile, refText, resolveRef } from "../refs/resolve.js";
import type { Files } from "../source/files.js";
import type { SourceNode } from "../source/tree.js";

/** The parts of a message that say what its records hold. */
interface Parts {
  readonly message: { readonly id: string; readonly name: string };
  readonly payload: SourceNode | undefined;
  readonly headers: SourceNode | undefined;
  readonly key: SourceNode | undefined;
}

/** Values with each `$ref` replaced by a number, under which what it leads to comes later in the list. */
const writtenOut = (files: Files, roots: readonly SourceNode[]): readonly Json[] => {
  const targets = new Map<SourceNode | string, number>();
  const numberOf = (target: SourceNode | string): number => {
    const number = targets.get(target) ?? targets.size;
    targets.set(target, number);
    return number;
  };
  const plain = (node: SourceNode): Json => {
    const ref = refText(node);
    if (ref !== null) return { $ref: numberOf(targetOf(files, node.file, ref)) };
    if (node.kind === "scalar") return node.value;
    if (node.kind === "list") return node.items.map(plain);
    return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  };
  const written = roots.map(plain);
  // A map that grows while it is walked through is walked through to its new end.
  for (const target of targets.keys()) written.push(typeof target === "string" ? target : plain(target));
  return written;
};

/** What a `$ref` leads to: a value; the text of a file that is not YAML, such as a Protobuf one; else the `$ref` itself. */
const targetOf = (files: Files, from: string, ref: string): SourceNode | string => {
  const target = resolveRef(files, from, ref);
  if (target.kind === "node") return target.node;
  return files.texts.get(refFile(from, ref) ?? "") ?? ref;
};

/** A hash of all that messages say about their records. Comparing two is all that can be done with unread languages. */
export const fingerprintOf = (files: Files, messages: readonly Parts[]): string => {
  const sorted = [...messages].sort((one, other) => (one.message.id < other.message.id ? -1 : 1));
  const roots = sorted.flatMap(({ payload, headers, key }) => [payload, headers, key]);
  const names = sorted.map(({ message: { id, name }, ...parts }) => [
    id,
    name,
    parts.payload !== undefined,
    parts.headers !== undefined,
    parts.key !== undefined,
  ]);
  const found = writtenOut(
    files,
    roots.filter((node) => node !== undefined),
  );
  return createHash("sha256")
    .update(canonicalText([names, ...found]))
    .digest("hex");
};
