import type { Files } from "../source/files.js";
import { versionOf } from "../versions/layout.js";
import { type OfficialDiagnostic, officialDiagnostics, type Path } from "./parser.js";
import { refineOfficial } from "./refine.js";
import { unreadPart } from "./unread.js";

/** The part of the contract's own file that an error is about, where no generated code depends on it; else null. */
const idlePart = (files: Files, { node, path, diagnostic }: OfficialDiagnostic): Path | null =>
  diagnostic.severity === "error" && diagnostic.file === files.main.name && node !== null
    ? unreadPart(path, versionOf(files.main.root)?.major ?? 3)
    : null;

const asWarning = (one: OfficialDiagnostic): OfficialDiagnostic => ({
  ...one,
  diagnostic: {
    ...one.diagnostic,
    severity: "warning",
    message: `${one.diagnostic.message}; no generated code depends on it`,
  },
});

const isDangling = ({ diagnostic }: OfficialDiagnostic) => diagnostic.rule === "asyncapi/invalid-ref";

/** Each time what was found is left out, in case it hid something else. What is still found after so many times stays an error. */
const maxTimes = 5;

/**
 * What the official parser has found, and what of it is a warning: what is wrong with a part that no generated code depends
 * on, if nothing else refers to the part. The parser judges the document without such parts: what it still finds decides.
 */
export const judgeOfficial = async (files: Files, isStrict: boolean): Promise<readonly OfficialDiagnostic[]> => {
  const judge = async (leftOut: readonly Path[], times: number): Promise<readonly OfficialDiagnostic[]> => {
    const found = refineOfficial(files, await officialDiagnostics(files, leftOut));
    if (isStrict || times === 0) return found;
    const judged = found.map((one) => ({ one, part: idlePart(files, one) }));
    const parts = judged.flatMap(({ part }) => (part === null ? [] : [part]));
    if (parts.length === 0) return found;
    const rest = await judge([...leftOut, ...parts], times - 1);
    if (rest.some(isDangling) && !found.some(isDangling)) return found;
    return [...judged.filter(({ part }) => part !== null).map(({ one }) => asWarning(one)), ...rest];
  };
  return judge([], maxTimes);
};
