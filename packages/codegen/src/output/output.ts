import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { GeneratedFile } from "../generated-file.js";

/** A file of the output folder that is not as it would be generated. */
export interface OutputDifference {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  /** `stale`: nothing generates it any more. */
  readonly kind: "changed" | "missing" | "stale";
}

/** Folders in which every file is generated. */
const ownedFolders = ["events", "producer", "consumer"].map((part) => `${part}/src/gen`);

/** All folders that generated files lie in. */
export function outputFolders(files: readonly GeneratedFile[]): readonly string[] {
  return [...new Set(files.map(({ path }) => dirname(path)))];
}

const isMissing = (caught: unknown) => caught instanceof Error && "code" in caught && caught.code === "ENOENT";

async function orMissing<Value>(read: Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await read;
  } catch (caught) {
    if (isMissing(caught)) return otherwise;
    throw caught;
  }
}

async function filesBelow(out: string, folder: string): Promise<readonly string[]> {
  const entries = await orMissing(readdir(join(out, folder), { recursive: true, withFileTypes: true }), []);
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(join(out).length + 1)
      .replaceAll(sep, "/"),
  );
}

/** How the files in a folder differ from those that were generated, by path. Files beside the generated ones do not count, but for those under `src/gen`. */
export async function compareOutput(
  out: string,
  files: readonly GeneratedFile[],
): Promise<readonly OutputDifference[]> {
  const compared = files.map(async ({ path, content }): Promise<OutputDifference | null> => {
    const present = await orMissing<string | null>(readFile(join(out, path), "utf8"), null);
    if (present === content) return null;
    return { path, kind: present === null ? "missing" : "changed" };
  });
  const found = (await Promise.all(compared)).filter((difference) => difference !== null);
  const known = new Set(files.map(({ path }) => path));
  const owned = (await Promise.all(ownedFolders.map((folder) => filesBelow(out, folder)))).flat();
  const stale = owned.filter((path) => !known.has(path)).map((path): OutputDifference => ({ path, kind: "stale" }));
  return [...found, ...stale].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Writes what differs and removes what is stale under `src/gen`; a file that is right already is not touched, so that
 * watchers stay quiet. Resolves to what it changed.
 */
export async function writeOutput(out: string, files: readonly GeneratedFile[]): Promise<readonly OutputDifference[]> {
  const differences = await compareOutput(out, files);
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  for (const { path, kind } of differences) {
    const content = contents.get(path);
    if (kind === "stale" || content === undefined) {
      await rm(join(out, path));
      continue;
    }
    await mkdir(dirname(join(out, path)), { recursive: true });
    await writeFile(join(out, path), content);
  }
  return differences;
}

/** Removes files under `src/gen` that nothing generates any more. */
export async function removeStale(out: string, files: readonly GeneratedFile[]): Promise<void> {
  const differences = await compareOutput(out, files);
  for (const { path, kind } of differences) if (kind === "stale") await rm(join(out, path));
}
