import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** The repository that this file is part of. */
export const repository = join(import.meta.dirname, "../../../..");

/** Where what is measured is laid out: inside of the repository, so that what comes from npm is found. */
export const workFolder = join(repository, ".keyline/compiling");

const built = ["json-schema", "runtime", "contract", "codegen"];

/** The generator and the runtime of the working tree, built. Returns the folder that has them in `packages`. */
export function builtNow(): string {
  const args = ["run", "build", "--filter=@keyline/codegen", "--output-logs=errors-only"];
  execFileSync(join(repository, "node_modules/.bin/turbo"), args, { cwd: repository, stdio: ["ignore", 2, 2] });
  return repository;
}

/** The same of a commit, built once a checkout. */
export function builtOf(commit: string): string {
  const folder = join(workFolder, commit.slice(0, 12));
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  try {
    mkdirSync(join(making, "node_modules/@keyline"), { recursive: true });
    const archive = ["archive", "--format=tar", commit, "packages", "dev/tsup-config", "tsconfig.base.json"];
    const input = execFileSync("git", archive, { cwd: repository, maxBuffer: 2 ** 30 });
    execFileSync("tar", ["-x", "-C", making], { input });
    for (const name of built) symlinkSync(`../../packages/${name}`, join(making, "node_modules/@keyline", name));
    symlinkSync("../../dev/tsup-config", join(making, "node_modules/@keyline/tsup-config"));
    for (const name of built) {
      // What the generated code is compiled against: the runtime's declarations, and those that they lead to.
      const types = name === "json-schema" || name === "runtime" ? [] : ["--no-dts"];
      const cwd = join(making, "packages", name);
      execFileSync(join(repository, "node_modules/.bin/tsup"), [...types, "--silent"], {
        cwd,
        stdio: ["ignore", 2, 2],
      });
    }
    renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}
