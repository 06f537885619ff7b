import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { RecordFinding } from "@keyline/proof";
import { harmlessJson } from "@keyline/runtime/tools";
import { CommandError } from "../command/outcome.js";

/** Where every finding goes. */
export interface FindingFile {
  readonly add: ((finding: RecordFinding) => void) | undefined;
  end(): Promise<void>;
}

/** A file of findings, a line each; without a path it takes none. Rejects where it cannot be written. */
export async function openFindingFile(path: string | undefined, cwd: string): Promise<FindingFile> {
  if (path === undefined) return { add: undefined, end: async () => undefined };
  const stream = createWriteStream(resolve(cwd, path));
  const failed = finished(stream);
  failed.catch(() => undefined);
  await once(stream, "open").catch(({ code = "", message }: NodeJS.ErrnoException) => {
    const reason = unwritable[code] ?? message;
    throw new CommandError("couldNotRun", `cannot write the findings to ${path}: ${reason}`);
  });
  return {
    add: (finding) => void stream.write(`${harmlessJson(finding)}\n`),
    async end() {
      stream.end();
      await failed;
    },
  };
}

const unwritable: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist: create it, or name another file",
  EACCES: "no permission: name another file",
  EISDIR: "it is a folder: name a file",
};
