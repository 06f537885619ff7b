import { exitCodes } from "../exit-codes.js";
import { type Explained, explainedIds, printedBy } from "../explain/ids.js";
import { readPage } from "../explain/pages.js";
import type { Io } from "../io.js";
import { nearest } from "../report/nearest.js";

/** Prints the pages of a rule, an error code, a check, a mark or a finding: of an id that several commands print, all of them. */
export async function explain(id: string, io: Io): Promise<number> {
  const wanted = id.startsWith("asyncapi/") ? "asyncapi" : id;
  const explained = await explainedIds();
  const found = explained.filter((one) => one.id === wanted);
  if (found.length === 0) return unknown(wanted, explained, io);
  const pages = await Promise.all(found.map(readPage));
  if (pages.includes(null)) {
    io.log(`error: the page of ${wanted} is missing from this installation\n`);
    return exitCodes.couldNotRun;
  }
  const parts = found.map(({ folder }, index) => {
    const between = index === 0 ? "" : `\n---\n\n${wanted} as ${printedBy[folder]} prints it:\n\n`;
    return `${between}${pages[index]}`;
  });
  io.out(parts.join(""));
  return exitCodes.clean;
}

function unknown(id: string, explained: readonly Explained[], io: Io): number {
  const ids = [...new Set(explained.map((one) => one.id))];
  const guess = nearest(id, ids);
  const known = guess === null ? `Known: ${ids.join(", ")}` : `(Did you mean ${guess}?)`;
  io.log(`error: unknown id '${id}'\n${known}\n`);
  return exitCodes.usage;
}
