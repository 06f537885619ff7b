import type { Files } from "../source/files.js";
import { placeOf, type SourceNode } from "../source/tree.js";
import { versionOf } from "../versions/layout.js";
import { fixOf } from "./fixes.js";
import { isOfForeign, isOfOpenApiWords } from "./foreign.js";
import { isOfOtherBranch, saidOnce } from "./messages-of-2.js";
import type { OfficialDiagnostic } from "./parser.js";
import { createReferrers, type Referrers } from "./referrers.js";
import { fieldIn, inOurWords, typesIn, unexpectedIn } from "./words.js";

/** The parser says of each object on the way to a mistake that it, too, is not as one of its schemas has it. */
const vague = /must match "(then|else)" schema|must match (exactly one|a) schema|must not be valid/;

const isVague = ({ diagnostic }: OfficialDiagnostic) => vague.test(diagnostic.message);

const textOf = ({ diagnostic }: OfficialDiagnostic, path: readonly string[]) => JSON.stringify([diagnostic.file, path]);

/** The places at and above which something more exact is said. */
const placesWithCause = (found: readonly OfficialDiagnostic[]): ReadonlySet<string> =>
  new Set(
    found.flatMap((one) => {
      const above = one.path.map((_, length) => textOf(one, one.path.slice(0, length)));
      return isVague(one) ? above : [...above, textOf(one, one.path)];
    }),
  );

/**
 * A group or a client that is named where the binding has a schema: the name is read as the one value that the schema
 * allows, and the rule group-id-schema says so.
 */
const isPlainName = ({ node, path, diagnostic }: OfficialDiagnostic) =>
  node?.kind === "scalar" &&
  typeof node.value === "string" &&
  /^(groupId|clientId)$/.test(path.at(-1) ?? "") &&
  path.at(-2) === "kafka" &&
  /type must be object,boolean/.test(diagnostic.message);

/**
 * Where the field stands that a finding is about: of a field that is a reference the parser names what it leads to, even
 * where the field itself is what is wrong.
 */
const writtenAt = (referrers: Referrers, node: SourceNode, message: string): SourceNode => {
  const field = unexpectedIn(message) ?? (typesIn(message) === null ? null : fieldIn(message));
  if (field === null || node.path.at(-1) === field) return node;
  return referrers(node).find(({ path }) => path.at(-1) === field) ?? node;
};

const told = (files: Files, referrers: Referrers, one: OfficialDiagnostic): OfficialDiagnostic => {
  const { diagnostic } = one;
  const message = inOurWords(diagnostic.message);
  if (one.node === null) {
    const { root, name } = files.main;
    const fix =
      root !== null && diagnostic.file === name && one.path.length === 0 ? fixOf(files, root, diagnostic) : {};
    return { ...one, diagnostic: { ...diagnostic, message, ...fix } };
  }
  const node = writtenAt(referrers, one.node, diagnostic.message);
  const { file, line, column } = unexpectedIn(diagnostic.message) === null ? placeOf(node) : node.label;
  return { ...one, diagnostic: { ...diagnostic, file, line, column, message, ...fixOf(files, node, diagnostic) } };
};

/** What the official parser has found, each mistake once: at what causes it, and with what to do where that is known. */
export const refineOfficial = (files: Files, found: readonly OfficialDiagnostic[]): readonly OfficialDiagnostic[] => {
  const referrers = createReferrers(files);
  const isOf2 = versionOf(files.main.root)?.major === 2;
  const judged = found.filter((one) => !isOfForeign(files, one) && !(isOf2 && isOfOtherBranch(files, referrers, one)));
  const explained = placesWithCause(judged);
  return saidOnce(judged)
    .filter(
      (one) =>
        !(isVague(one) && explained.has(textOf(one, one.path))) && !isPlainName(one) && !isOfOpenApiWords(files, one),
    )
    .map((one) => told(files, referrers, one));
};
