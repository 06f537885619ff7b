import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository that this package is part of. */
export const repository = join(import.meta.dirname, "../../../..");

/** The commit that this one is compared with: the last one before stored formats and public names changed. */
export const commitBefore = (
  JSON.parse(readFileSync(join(import.meta.dirname, "../../before.json"), "utf8")) as { readonly commit: string }
).commit;

/** Why the packages of before cannot be had here, in one sentence that says what to do; null where they can. */
export function whyNoBefore(commit = commitBefore): string | null {
  try {
    execFileSync("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: repository, stdio: "ignore" });
    return null;
  } catch {
    return `the commit ${commit.slice(0, 7)} is not in this checkout, so its packages cannot be built: in a shallow clone run \`git fetch --unshallow\`, in CI check out the whole history`;
  }
}

/** For tests that need the packages of before. With CI=true it throws where they cannot be had: there a skip is a failure. */
export function canPackBefore(): boolean {
  const missing = whyNoBefore();
  if (missing === null) return true;
  if (process.env.CI === "true") throw new Error(missing);
  console.warn(`Tests beside an earlier commit are skipped: ${missing}`);
  return false;
}
