import { dialectOfFormat } from "../schemas/dialects/dialect.js";
import { nodesOnPath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import { entries, entry, items, type SourceNode, text } from "../source/tree.js";
import type { OfficialDiagnostic } from "./parser.js";

/** Whether a node is a schema in a language that is not JSON Schema: its channel is left out, whatever the parser thinks of it. */
type IsForeign = (node: SourceNode) => boolean;

/** Version 2 has the format in the message, beside its payload. In version 3 the parser says that it is misplaced there. */
const foreignIn = (files: Files): IsForeign => {
  const isVersion2 = text(entry(files.main.root, "asyncapi"))?.startsWith("2.") ?? false;
  return (node) => {
    const format = text(entry(node, "schemaFormat"));
    const schema = entry(node, "schema") ?? (isVersion2 ? entry(node, "payload") : undefined);
    return format !== null && schema !== undefined && dialectOfFormat(format) === null;
  };
};

const contains = (node: SourceNode, isForeign: IsForeign): boolean =>
  isForeign(node) ||
  items(node).some((item) => contains(item, isForeign)) ||
  entries(node).some(([, value]) => contains(value, isForeign));

/** What the parser says of a value for the reason that a part of it is not as wanted. */
const ofParts = /must match "(then|else)" schema|must match (exactly one|a) schema/;

/** Whether a diagnostic of the official parser is about nothing but a schema that no code is generated from. */
export const isOfForeign = (files: Files, { path, node, diagnostic }: OfficialDiagnostic): boolean => {
  const isForeign = foreignIn(files);
  const isInside = files.main.root !== null && nodesOnPath(files, files.main.root, path).some(isForeign);
  return isInside || (node !== null && ofParts.test(diagnostic.message) && contains(node, isForeign));
};
