import type { Files } from "../../source/files.js";
import { entry, type SourceNode, text } from "../../source/tree.js";
import { type Dialect, dialectOfFormat, dialectOfSchemaUri } from "./dialect.js";
import { translate } from "./translate.js";

const labelOf = (node: SourceNode, next: string): Dialect | null => {
  // In version 2 the format of a payload stands beside it.
  const format = next === "schema" || next === "payload" ? text(entry(node, "schemaFormat")) : null;
  const uri = text(entry(node, "$schema"));
  return (
    (format === null ? null : dialectOfFormat(format)) ?? (uri === null ? null : (dialectOfSchemaUri(uri) ?? null))
  );
};

/** The label that a schema stands under in its file: the innermost `schemaFormat` or `$schema` above it. */
const labelAbove = (files: Files, { file, path }: SourceNode): Dialect | null => {
  let found: Dialect | null = null;
  let at: SourceNode | null | undefined = files.byPath.get(file)?.root;
  for (const token of path) {
    if (!at) break;
    found = labelOf(at, token) ?? found;
    at = at.kind === "list" ? at.items[Number(token)] : entry(at, token);
  }
  return found;
};

/**
 * The dialect of what a reference leads to: that of the label under which it stands in its file; where it stands under none,
 * that of the reference.
 */
export const dialectAt = (files: Files, target: SourceNode, reference: SourceNode): Dialect => {
  const carried = reference.kind === "map" ? reference.dialect : undefined;
  return labelAbove(files, target) ?? carried ?? "asyncapi";
};

/** What a reference leads to, in the words of draft 7. */
export const readTarget = (files: Files, target: SourceNode, reference: SourceNode): SourceNode => {
  const dialect = dialectAt(files, target, reference);
  return dialect === "asyncapi" ? target : translate(target, dialect).node;
};
