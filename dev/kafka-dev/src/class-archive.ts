import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

/**
 * An archive of the classes that one of Kafka's programs loads, already parsed and verified: a tool that reads it starts with
 * half of the work, a broker with three quarters. One run writes it at its end, later ones read it.
 */
export interface ClassArchive {
  /** For the JVM, to read the archive or, where there is none, to write it at its end. */
  readonly options: readonly string[];
  /** Whether this run writes it, which it does only when it ends by itself or by SIGTERM. */
  readonly isWritten: boolean;
  /** Puts what a run wrote in its place; what one that was killed may have left behind goes. */
  settle(endedWell: boolean): Promise<void>;
}

// The JVM prints what it thinks of single classes to stdout, which belongs to the program.
const quiet = "-Xlog:disable";
// Invariant: no two archives of this process are written to one file.
let written = 0;

/** The archive of a program on a class path of the form `folder/*`. */
export function classArchive(classPath: string, program: string): ClassArchive {
  const jars = dirname(classPath);
  const file = join(dirname(jars), "classes", `${program}-${versionOf(jars)}.jsa`);
  if (existsSync(file)) {
    return { options: [quiet, `-XX:SharedArchiveFile=${file}`], isWritten: false, settle: async () => undefined };
  }
  // Another run may write the same one: each has a file of its own, and a reader never sees half of one.
  mkdirSync(dirname(file), { recursive: true });
  const own = `${file}.${process.pid}-${written++}`;
  return {
    options: [quiet, `-XX:ArchiveClassesAtExit=${own}`],
    isWritten: true,
    async settle(endedWell) {
      if (endedWell) await rename(own, file).catch(() => undefined);
      await rm(own, { force: true });
    },
  };
}

/** An archive is good for one JVM and one state of the jars; for others the JVM passes it over without a word. */
function versionOf(jars: string): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const java = folders.map((folder) => join(folder, "java")).find((path) => existsSync(path));
  const seen = [jars, ...(java === undefined ? [] : [realpathSync(java)])];
  const text = seen.map((path) => `${path} ${existsSync(path) ? statSync(path).mtimeMs : ""}\n`).join("");
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
