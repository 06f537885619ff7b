import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository, whyNoBefore } from "./commit.ts";

/** Sources that packages are built from. */
export interface Tree {
  /** Names what is in it: two trees of one name are the same. */
  readonly name: string;
  /** Lays the sources out in an empty folder. */
  copyTo(folder: string): void;
}

/** Packages and what builds them; an earlier commit has all of it in `packages`. */
const wanted = ["packages", "dev/tsup-config", "tsconfig.base.json"];

/** The sources as a commit has them. Throws where the checkout does not have the commit. */
export function treeOf(commit: string): Tree {
  const missing = whyNoBefore(commit);
  if (missing) throw new Error(missing);
  return {
    name: commit.slice(0, 12),
    copyTo(folder) {
      const there = execFileSync("git", ["ls-tree", "-z", "--name-only", commit, ...wanted], { cwd: repository });
      const paths = there
        .toString("utf8")
        .split("\0")
        .filter((path) => path !== "");
      const archive = execFileSync("git", ["archive", "--format=tar", commit, ...paths], {
        cwd: repository,
        maxBuffer: 2 ** 30,
      });
      execFileSync("tar", ["-x", "-C", folder], { input: archive });
    },
  };
}

/** The sources as they stand in the working tree, with what is not committed. */
export function workingTree(): Tree {
  const listed = execFileSync("git", ["ls-files", "-z", "-co", "--exclude-standard", ...wanted], { cwd: repository });
  const files = [...new Set(listed.toString("utf8").split("\0"))].filter(isSource).sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(repository, file)));
  return {
    name: `now-${hash.digest("hex").slice(0, 12)}`,
    copyTo(folder) {
      for (const file of files) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        cpSync(join(repository, file), join(folder, file));
      }
    },
  };
}

/** Whether a file can change what a package does: a test that changed needs no new build. */
const isSource = (file: string) =>
  file !== "" &&
  !/(\.test\.ts|\.md)$|^packages\/[^/]+\/(test|fixtures)\//.test(file) &&
  existsSync(join(repository, file));
