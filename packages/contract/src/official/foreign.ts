import { deref } from "../refs/resolve.js";
import { type Dialect, dialectOfFormat } from "../schemas/dialects/dialect.js";
import { nodesOnPath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import { entries, entry, items, type SourceNode, text } from "../source/tree.js";
import type { OfficialDiagnostic } from "./parser.js";
import { unexpectedIn } from "./words.js";

type IsSchema = (node: SourceNode) => boolean;

/**
 * Whether a node is a schema whose label names this dialect, or none that is read. Version 2 has the format in the message,
 * beside its payload. In version 3 the parser says that it is misplaced there.
 */
const labelled = (files: Files, dialect: Dialect | null): IsSchema => {
  const isVersion2 = text(entry(files.main.root, "asyncapi"))?.startsWith("2.") ?? false;
  return (node) => {
    const format = text(entry(node, "schemaFormat"));
    const schema = entry(node, "schema") ?? (isVersion2 ? entry(node, "payload") : undefined);
    return format !== null && schema !== undefined && dialectOfFormat(format) === dialect;
  };
};

const isInside = (files: Files, path: readonly string[], isSchema: IsSchema): boolean =>
  files.main.root !== null && nodesOnPath(files, files.main.root, path).some(isSchema);

/** Whether a node has a schema of a dialect in it, or where it refers to, beside other fields or alone. */
const contains = (files: Files, node: SourceNode, isForeign: IsSchema): boolean => {
  const seen = new Set<SourceNode>();
  const look = (one: SourceNode): boolean => {
    if (seen.has(one)) return false;
    seen.add(one);
    const target = deref(files, one);
    return (
      isForeign(one) ||
      (target !== null && target !== one && look(target)) ||
      items(one).some(look) ||
      entries(one).some(([, value]) => look(value))
    );
  };
  return look(node);
};

/** What the parser says of a value for the reason that a part of it is not as wanted. */
const ofParts = /must match "(then|else)" schema|must match (exactly one|a) schema/;

/** Whether a diagnostic of the official parser is about nothing but a schema that no code is generated from. */
export const isOfForeign = (files: Files, { path, node, diagnostic }: OfficialDiagnostic): boolean => {
  // Its channel is left out, whatever the parser thinks of it.
  const isForeign = labelled(files, null);
  return (
    isInside(files, path, isForeign) ||
    (node !== null && ofParts.test(diagnostic.message) && contains(files, node, isForeign))
  );
};

/** Keywords with values that draft 7 has and OpenAPI 3.0 does not. */
const otherValues = /^(type|items|exclusiveMinimum|exclusiveMaximum|nullable)$/;

/** Whether it is about a word that OpenAPI 3.0 does not have: ours are refused with what to do, or say nothing of a value. */
export const isOfOpenApiWords = (files: Files, { path, diagnostic }: OfficialDiagnostic): boolean =>
  (unexpectedIn(diagnostic.message) !== null || otherValues.test(path.at(-1) ?? "")) &&
  isInside(files, path, labelled(files, "openapi-3.0"));
