import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Which of a folder's files git knows with other contents; none without git or outside of a work tree. Changes nothing. */
export async function uncommitted(folder: string, paths: readonly string[]): Promise<readonly string[]> {
  // What the repository's settings would start is not needed to compare files.
  const status = ["--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain", "--untracked-files=no"];
  const found: string[] = [];
  for (const path of paths) {
    const { stdout } = await run("git", [...status, "--", path], { cwd: folder }).catch(() => ({ stdout: "" }));
    if (stdout !== "") found.push(path);
  }
  return found;
}
