import { exitCodes } from "../exit-codes.js";
import { type Explained, explainedIds } from "../explain/ids.js";
import { readPage } from "../explain/pages.js";
import type { Io } from "../io.js";
import { nearest } from "../report/nearest.js";

/** Prints the page of a rule, an error code, a check or a mark. */
export async function explain(id: string, io: Io): Promise<number> {
  const wanted = id.startsWith("asyncapi/") ? "asyncapi" : id;
  const explained = await explainedIds();
  const found = explained.find((one) => one.id === wanted);
  if (!found) return unknown(wanted, explained, io);
  const page = await readPage(found);
  if (page === null) {
    io.log(`error: the page of ${wanted} is missing from this installation\n`);
    return exitCodes.couldNotRun;
  }
  io.out(page);
  return exitCodes.clean;
}

function unknown(id: string, explained: readonly Explained[], io: Io): number {
  const ids = explained.map((one) => one.id);
  const guess = nearest(id, ids);
  const known = guess === null ? `Known: ${ids.join(", ")}` : `(Did you mean ${guess}?)`;
  io.log(`error: unknown id '${id}'\n${known}\n`);
  return exitCodes.usage;
}
