import { locatePath } from "../schemas/locate.js";
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

const textOf = (file: string, path: readonly string[]) => JSON.stringify([file, path]);

const fileOf = ({ node, diagnostic }: OfficialDiagnostic) => node?.file ?? diagnostic.file;

/** The places at and above which something more exact is said, also where they refer to what it is said of. */
const placesWithCause = (
  files: Files,
  referrers: Referrers,
  found: readonly OfficialDiagnostic[],
): ReadonlySet<string> => {
  const places = new Set<string>();
  const add = (file: string, path: readonly string[]) => {
    const place = textOf(file, path);
    // What is above it was added with it.
    if (places.has(place)) return;
    places.add(place);
    const root = files.byPath.get(file)?.root;
    if (root) for (const by of referrers(locatePath(files, root, path))) add(by.file, by.path);
    if (path.length > 0) add(file, path.slice(0, -1));
  };
  // An error is explained by an error alone: the others do not stop anything.
  for (const one of found.filter(({ diagnostic }) => diagnostic.severity === "error")) {
    if (!isVague(one)) add(fileOf(one), one.path);
    else if (one.path.length > 0) add(fileOf(one), one.path.slice(0, -1));
  }
  return places;
};

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
 * Where the field stands that a finding is about. For a field that is a reference, the parser names what it leads to, even
 * where the field itself is wrong.
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
  const explained = placesWithCause(files, referrers, judged);
  return saidOnce(judged)
    .filter(
      (one) =>
        !(isVague(one) && explained.has(textOf(fileOf(one), one.path))) &&
        !isPlainName(one) &&
        !isOfOpenApiWords(files, one),
    )
    .map((one) => told(files, referrers, one));
};
