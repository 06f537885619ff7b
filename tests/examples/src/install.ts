import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { repository, run } from "./run.ts";
import { manifestIn, tarballs } from "./tarballs.ts";

/** The examples' folder: npm workspaces that share one install and one lock file. */
export const examples = join(repository, "examples");

/** Every example, by its folder's name. */
export const exampleNames = (): readonly string[] => manifestIn(examples).workspaces ?? [];

/** What npm and builds leave behind. */
const made = new Set(["node_modules", "dist", ".next", "keyline"]);

export interface Lock {
  readonly packages: Record<string, LockedPackage>;
}

export interface LockedPackage {
  readonly version?: string;
  resolved?: string;
  integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const readLock = (folder: string): Lock => JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));

/** Copies the examples as a checkout has them. */
export const copyExamples = (into: string): void =>
  cpSync(examples, into, { recursive: true, filter: (path) => !made.has(basename(path)) });

/**
 * Copies the examples and installs some of them: Keyline's packages from their tarballs, all else as the lock file says.
 * `hasTools`: with what only their development needs.
 */
export async function installExamples(
  names: readonly string[],
  { into, hasTools }: { readonly into: string; readonly hasTools: boolean },
): Promise<void> {
  copyExamples(into);
  const packed = await tarballs(join(into, "packed"));
  const lock = readLock(into);
  for (const [path, entry] of Object.entries(lock.packages)) {
    const tarball = packed.get(path.replace("node_modules/", ""));
    // Its content differs from build to build, so the lock file has no checksum of it.
    if (tarball) entry.resolved = `file:${relative(into, tarball)}`;
  }
  writeFileSync(join(into, "package-lock.json"), JSON.stringify(lock));
  const which = names.flatMap((name) => ["--workspace", name]);
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run(into, "npm", "ci", ...options, ...which, ...(hasTools ? [] : ["--omit=dev"]));
}
