import { locatePath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import { entry, type SourceNode, text } from "../source/tree.js";
import type { OfficialDiagnostic } from "./parser.js";
import { fieldsOf, objectAt } from "./places.js";
import type { Referrers } from "./referrers.js";
import { missingIn, unexpectedIn } from "./words.js";

/** What a message may have beside `oneOf`, and without it. */
const fieldsOfMessage = (files: Files, isChoice: boolean): readonly string[] => {
  if (isChoice) return ["oneOf"];
  const hasId = !/^2\.[0-3]\./.test(text(entry(files.main.root, "asyncapi")) ?? "");
  return fieldsOf("message2").filter((field) => hasId || field !== "messageId");
};

/** The path of a field as it is written. For a field that is a reference, the parser names the place that it leads to. */
const writtenPath = (referrers: Referrers, node: SourceNode, path: readonly string[], field: string) =>
  path.at(-1) === field ? path : (referrers(node).find((one) => one.path.at(-1) === field)?.path ?? path);

/** The path of the choice that a message is one of, however deep; else its own. */
const choiceAround = (path: readonly string[]): readonly string[] =>
  path.at(-2) === "oneOf" ? choiceAround(path.slice(0, -2)) : path;

/**
 * Whether a finding is about what was not meant: in version 2 a message is itself or a choice by `oneOf`, and where it is
 * wrong the parser says of both what they lack and have too much.
 */
export const isOfOtherBranch = (
  files: Files,
  referrers: Referrers,
  { node, path, diagnostic }: OfficialDiagnostic,
): boolean => {
  const field = unexpectedIn(diagnostic.message);
  if (field === null && missingIn(diagnostic.message) !== "oneOf") return false;
  const root = node && files.byPath.get(node.file)?.root;
  if (!root) return false;
  const at = field === null ? path : writtenPath(referrers, locatePath(files, root, path), path, field).slice(0, -1);
  const owner = locatePath(files, root, at);
  // In another file its place says nothing: what refers to it does.
  const isMessage = (one: SourceNode) => objectAt(one.path, 2) === "message2";
  if (!isMessage(owner) && !referrers(locatePath(files, root, choiceAround(at))).some(isMessage)) return false;
  const isChoice = entry(owner, "oneOf") !== undefined;
  return field === null ? !isChoice : fieldsOfMessage(files, isChoice).includes(field);
};

/** The rule that judges schemas of version 2 alone, in vaguer words than the one that judges the whole document. */
const schemasAlone = "asyncapi/asyncapi2-schemas";

/** Findings without repetition: only the first of `schemasAlone` at one place, and none of it where another rule has one. */
export const saidOnce = (found: readonly OfficialDiagnostic[]): readonly OfficialDiagnostic[] => {
  const isAlone = ({ diagnostic }: OfficialDiagnostic) => diagnostic.rule === schemasAlone;
  const placeOf = ({ path, diagnostic }: OfficialDiagnostic) => JSON.stringify([diagnostic.file, path]);
  const firsts = Map.groupBy(found.filter(isAlone), placeOf);
  const told = new Set(found.filter((one) => !isAlone(one)).map(placeOf));
  return found.filter((one) => !isAlone(one) || (!told.has(placeOf(one)) && firsts.get(placeOf(one))?.[0] === one));
};
