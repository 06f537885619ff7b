import { locatePath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import { entry, text } from "../source/tree.js";
import type { OfficialDiagnostic } from "./parser.js";
import { fieldsOf, objectAt } from "./places.js";
import { missingIn, unexpectedIn } from "./words.js";

/** What a message may have beside `oneOf`, and without it. */
const fieldsOfMessage = (files: Files, isChoice: boolean): readonly string[] => {
  if (isChoice) return ["oneOf"];
  const hasId = !/^2\.[0-3]\./.test(text(entry(files.main.root, "asyncapi")) ?? "");
  return fieldsOf("message2").filter((field) => hasId || field !== "messageId");
};

/**
 * Whether a finding is about what was not meant: in version 2 a message is itself or a choice by `oneOf`, and where it is
 * wrong the parser says of both what they lack and have too much.
 */
export const isOfOtherBranch = (files: Files, { path, diagnostic }: OfficialDiagnostic): boolean => {
  const field = unexpectedIn(diagnostic.message);
  if (field === null && missingIn(diagnostic.message) !== "oneOf") return false;
  const { root } = files.main;
  const owner = root && locatePath(files, root, field === null ? path : path.slice(0, -1));
  if (!owner || objectAt(owner.path, 2) !== "message2") return false;
  const isChoice = entry(owner, "oneOf") !== undefined;
  return field === null ? !isChoice : fieldsOfMessage(files, isChoice).includes(field);
};

/** The rule that judges schemas of version 2 alone, in vaguer words than the one that judges the whole document. */
const schemasAlone = "asyncapi/asyncapi2-schemas";

/** Findings of which no other says the same: of a schema's at one place the first, and none where the document's says it. */
export const saidOnce = (found: readonly OfficialDiagnostic[]): readonly OfficialDiagnostic[] => {
  const isAlone = ({ diagnostic }: OfficialDiagnostic) => diagnostic.rule === schemasAlone;
  const placeOf = ({ path }: OfficialDiagnostic) => JSON.stringify(path);
  const firsts = Map.groupBy(found.filter(isAlone), placeOf);
  const told = new Set(found.filter((one) => !isAlone(one)).map(placeOf));
  return found.filter((one) => !isAlone(one) || (!told.has(placeOf(one)) && firsts.get(placeOf(one))?.[0] === one));
};
