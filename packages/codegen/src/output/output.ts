import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { GeneratedFile } from "../generated-file.js";
import { isGenerated } from "../printer/source-file.js";
import { plainFilesIn, readPlain, refuseLinks, removePlain, writePlain } from "./plain-files.js";

/** A file of the output folder that is not as it would be generated. */
export interface OutputDifference {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  /** `stale`: it was generated, and nothing generates it any more. */
  readonly kind: "changed" | "missing" | "stale";
}

/** Folders in which every file is generated. */
const ownedFolders = ["events", "producer", "consumer"].map((part) => `${part}/src/gen`);

const pathsOf = (files: readonly GeneratedFile[]) => files.map(({ path }) => path);

/** Makes all folders that generated files lie in. Rejects where a symbolic link below the output folder is in the way. */
export async function prepareOutput(out: string, files: readonly GeneratedFile[]): Promise<void> {
  refuseLinks(out, pathsOf(files));
  for (const folder of new Set(pathsOf(files).map((path) => dirname(path))))
    await mkdir(join(out, folder), { recursive: true });
}

/** The files of the folders in which every file is generated. */
export const generatedIn = (out: string): readonly string[] =>
  ownedFolders.flatMap((folder) => plainFilesIn(out, folder, { recursive: true }));

const staleIn = (out: string, files: readonly GeneratedFile[]): readonly OutputDifference[] => {
  const known = new Set(pathsOf(files));
  const unknown = generatedIn(out).filter((path) => !known.has(path));
  return unknown.filter((path) => isGenerated(readPlain(out, path) ?? "")).map((path) => ({ path, kind: "stale" }));
};

/**
 * How the files in a folder differ from those that were generated, by path. Of other files only those under `src/gen` count
 * that were generated once.
 */
export async function compareOutput(
  out: string,
  files: readonly GeneratedFile[],
): Promise<readonly OutputDifference[]> {
  const found = files.flatMap(({ path, content }): readonly OutputDifference[] => {
    const present = readPlain(out, path);
    if (present === content) return [];
    return [{ path, kind: present === null ? "missing" : "changed" }];
  });
  return [...found, ...staleIn(out, files)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Writes what differs and removes what is stale under `src/gen`; a file that is right already is not touched, so that
 * watchers stay quiet. Resolves to what it changed. Rejects, and changes nothing, where a symbolic link below the folder is
 * in the way.
 */
export async function writeOutput(out: string, files: readonly GeneratedFile[]): Promise<readonly OutputDifference[]> {
  refuseLinks(out, pathsOf(files));
  const differences = await compareOutput(out, files);
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  for (const { path } of differences) {
    const content = contents.get(path);
    if (content === undefined) removePlain(out, path);
    else writePlain(out, path, content);
  }
  return differences;
}

/** Removes files under `src/gen` that were generated and that nothing generates any more. */
export async function removeStale(out: string, files: readonly GeneratedFile[]): Promise<void> {
  for (const { path } of staleIn(out, files)) removePlain(out, path);
}
