import { dialectOfFormat } from "../schemas/dialects/dialect.js";
import { nodesOnPath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import { entries, entry, items, type SourceNode, text } from "../source/tree.js";
import type { OfficialDiagnostic } from "./parser.js";

/** A schema in a language that is not JSON Schema: its channel is left out, whatever the parser thinks of it. */
const isForeign = (node: SourceNode): boolean => {
  const format = text(entry(node, "schemaFormat"));
  // In version 2 the format stands in the message, beside its payload.
  const hasSchema = entry(node, "schema") !== undefined || entry(node, "payload") !== undefined;
  return format !== null && hasSchema && dialectOfFormat(format) === null;
};

const containsForeign = (node: SourceNode): boolean =>
  isForeign(node) || items(node).some(containsForeign) || entries(node).some(([, value]) => containsForeign(value));

/** What the parser says of a value for the reason that a part of it is not as wanted. */
const ofParts = /must match "(then|else)" schema|must match (exactly one|a) schema/;

/** Whether a diagnostic of the official parser is about nothing but a schema that no code is generated from. */
export const isOfForeign = (files: Files, { path, node, diagnostic }: OfficialDiagnostic): boolean =>
  (files.main.root !== null && nodesOnPath(files, files.main.root, path).some(isForeign)) ||
  (node !== null && ofParts.test(diagnostic.message) && containsForeign(node));
