import { locatePath, nodesOnPath } from "../schemas/locate.js";
import type { Files } from "../source/files.js";
import type { SourceNode } from "../source/tree.js";
import { versionOf } from "../versions/layout.js";
import { type OfficialDiagnostic, officialDiagnostics } from "./parser.js";
import { createReferrers, type Referrers } from "./referrers.js";
import { refineOfficial } from "./refine.js";
import { isIdleField, unreadPart } from "./unread.js";
import { unexpectedIn } from "./words.js";

/** Where a node of another file stands in the document, by a reference to it or to what it is in; null where there is none. */
const placeIn = (files: Files, referrers: Referrers, node: SourceNode): readonly string[] | null => {
  if (node.file === files.main.path) return node.path;
  const root = files.byPath.get(node.file)?.root;
  const around = root ? nodesOnPath(files, root, node.path).filter(({ file }) => file === node.file) : [];
  for (const one of around.toReversed()) {
    const by = referrers(one).find(({ file }) => file === files.main.path);
    if (by) return [...by.path, ...node.path.slice(one.path.length)];
  }
  return null;
};

/** The part of a document that a finding is about, where no generated code depends on it; else null. */
const idlePart = (files: Files, referrers: Referrers, { node, diagnostic }: OfficialDiagnostic): SourceNode | null => {
  const place = node && placeIn(files, referrers, node);
  const root = node && files.byPath.get(node.file)?.root;
  if (!place || !root || diagnostic.severity !== "error") return null;
  const major = versionOf(files.main.root)?.major ?? 3;
  const part = unreadPart(place, major);
  // As far above the node as the part's path is shorter.
  if (part) return locatePath(files, root, node.path.slice(0, node.path.length - (place.length - part.length)));
  const field = unexpectedIn(diagnostic.message);
  return field !== null && place.at(-1) === field && isIdleField(node, place, major) ? node : null;
};

const asWarning = (one: OfficialDiagnostic): OfficialDiagnostic => ({
  ...one,
  diagnostic: {
    ...one.diagnostic,
    severity: "warning",
    message: `${one.diagnostic.message}; no generated code depends on it`,
  },
});

/** Each time what was found is left out, in case it hid something else. What is still found after so many times stays an error. */
const maxTimes = 5;

/**
 * What the official parser has found, and what of it is a warning: what is wrong with a part that no generated code depends
 * on, if the parser finds no other error because of it. So the document without such parts is judged, which AsyncAPI's own
 * rules then accept or not.
 */
export const judgeOfficial = async (files: Files, isStrict: boolean): Promise<readonly OfficialDiagnostic[]> => {
  const referrers = createReferrers(files);
  const judge = async (leftOut: ReadonlySet<SourceNode>, times: number): Promise<readonly OfficialDiagnostic[]> => {
    const found = refineOfficial(files, await officialDiagnostics(files, leftOut));
    if (isStrict || times === 0) return found;
    const judged = found.map((one) => ({ one, part: idlePart(files, referrers, one) }));
    const parts = judged.flatMap(({ part }) => part ?? []).filter((part) => !leftOut.has(part));
    if (parts.length === 0) return found;
    const idle = judged.filter(({ part }) => part !== null).map(({ one }) => asWarning(one));
    return [...idle, ...(await judge(new Set([...leftOut, ...parts]), times - 1))];
  };
  return judge(new Set(), maxTimes);
};
