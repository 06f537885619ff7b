import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { GeneratedFile } from "../generated-file.js";
import { isGenerated } from "../printer/source-file.js";
import { removedFunctions } from "./functions.js";
import { openPlainFiles, type PlainFiles } from "./plain-files.js";

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

/** How an output folder is prepared for a program that writes the files itself. */
export interface PrepareOptions {
  /** Whether functions that were generated before may go. Default: false. */
  readonly allowRemoved?: boolean;
}

/**
 * Makes all folders that generated files lie in. Rejects, and changes nothing, where a symbolic link below the output folder is
 * in the way, or a function that was generated before would go.
 */
export async function prepareOutput(
  out: string,
  files: readonly GeneratedFile[],
  { allowRemoved = false }: PrepareOptions = {},
): Promise<void> {
  openPlainFiles(out).refuseLinks(pathsOf(files));
  const removed = allowRemoved ? [] : removedFunctions(out, files);
  if (removed.length > 0) {
    const gone = removed.map((name) => `producer.${name}`).join(", ");
    throw new Error(
      `the contract no longer gives ${gone}, and code that uses it would break: pass allowRemoved to remove it`,
    );
  }
  for (const folder of new Set(pathsOf(files).map((path) => dirname(path))))
    await mkdir(join(out, folder), { recursive: true });
}

const staleIn = (present: PlainFiles, files: readonly GeneratedFile[]): readonly OutputDifference[] => {
  const known = new Set(pathsOf(files));
  const unknown = ownedFolders
    .flatMap((folder) => present.list(folder, { recursive: true }))
    .filter((path) => !known.has(path));
  return unknown.filter((path) => isGenerated(present.read(path) ?? "")).map((path) => ({ path, kind: "stale" }));
};

const compare = (present: PlainFiles, files: readonly GeneratedFile[]): readonly OutputDifference[] => {
  const found = files.flatMap(({ path, content }): readonly OutputDifference[] => {
    const before = present.read(path);
    if (before === content) return [];
    return [{ path, kind: before === null ? "missing" : "changed" }];
  });
  return [...found, ...staleIn(present, files)].sort((a, b) => (a.path < b.path ? -1 : 1));
};

/**
 * How the files in a folder differ from those that were generated, by path. Of other files only those under `src/gen` count
 * that were generated once.
 */
export async function compareOutput(
  out: string,
  files: readonly GeneratedFile[],
): Promise<readonly OutputDifference[]> {
  return compare(openPlainFiles(out), files);
}

/**
 * Writes what differs and removes what is stale under `src/gen`; a file that is right already is not touched, so that
 * watchers stay quiet. Resolves to what it changed. Rejects, and changes nothing, where a symbolic link below the folder is
 * in the way.
 */
export async function writeOutput(out: string, files: readonly GeneratedFile[]): Promise<readonly OutputDifference[]> {
  const present = openPlainFiles(out);
  present.refuseLinks(pathsOf(files));
  const differences = compare(present, files);
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  for (const { path } of differences) {
    const content = contents.get(path);
    if (content === undefined) present.remove(path);
    else present.write(path, content);
  }
  return differences;
}

/** Removes files under `src/gen` that were generated and that nothing generates any more. */
export async function removeStale(out: string, files: readonly GeneratedFile[]): Promise<void> {
  const present = openPlainFiles(out);
  for (const { path } of staleIn(present, files)) present.remove(path);
}
