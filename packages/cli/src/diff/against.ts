import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { promisify } from "node:util";
import type { ReadFile } from "@keyline/contract";
import { CommandError } from "../command/outcome.js";

/** The version that a contract is compared with. */
export interface Against {
  /** The path to load, as diagnostics name it. */
  readonly path: string;
  /** What is put before that path where people read it: `main:` for a commit, nothing for a file. */
  readonly prefix: string;
  readonly readFile: ReadFile;
}

const run = promisify(execFile);

/** A contract over many files is small beside this. */
const maxBytes = 256 * 1024 * 1024;

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  // Its complaints are recognised by their words, which would otherwise be in the user's language.
  const env = { ...process.env, LC_ALL: "C" };
  const { stdout } = await run("git", [...args], { cwd, env, maxBuffer: maxBytes, encoding: "utf8" });
  return stdout;
}

const stderrOf = (caught: unknown): string =>
  typeof caught === "object" && caught !== null && "stderr" in caught ? String(caught.stderr).trim() : "";

const isMissingGit = (caught: unknown): boolean =>
  typeof caught === "object" && caught !== null && "code" in caught && caught.code === "ENOENT";

/** `.git#branch=main`, as other tools write it, is `main`. */
const refOf = (against: string): string => /^\.git#(?:branch|tag|ref|commit)=(.+)$/.exec(against)?.[1] ?? against;

async function commitOf(cwd: string, ref: string): Promise<string> {
  try {
    const found = await git(cwd, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
    return found.trim();
  } catch (caught) {
    const why = isMissingGit(caught)
      ? "it is not a file, and git is not installed"
      : /not a git repository/.test(stderrOf(caught))
        ? "it is not a file, and this folder is not in a git repository"
        : "it is neither a file nor a commit of this repository: check its name, or fetch it first";
    throw new CommandError("couldNotRun", `cannot compare with ${ref}: ${why}`);
  }
}

/** Reads files as they were in a commit, by paths that start from `cwd`. */
const inCommit = (cwd: string, commit: string): ReadFile => {
  return async (path) => {
    const from = relative(cwd, resolve(cwd, path)).split("\\").join("/");
    try {
      return await git(cwd, "show", `${commit}:./${from}`);
    } catch (caught) {
      if (/exists on disk, but not in|does not exist in|outside repository/.test(stderrOf(caught)))
        throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      throw new Error(stderrOf(caught).split("\n")[0] || String(caught));
    }
  };
};

/** What `--against` means: a file, else a commit that has the contract under the same path. Rejects where it is neither. */
export async function findAgainst(
  against: string,
  file: string,
  readerOf: (file: string) => ReadFile,
  cwd: string,
): Promise<Against> {
  const found = await stat(resolve(cwd, against)).catch(() => null);
  if (found?.isFile()) return { path: against, prefix: "", readFile: readerOf(against) };
  const ref = refOf(against);
  const commit = await commitOf(cwd, ref);
  return { path: file, prefix: `${ref}:`, readFile: inCommit(cwd, commit) };
}
