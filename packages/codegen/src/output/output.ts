import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LayoutName } from "../emit/layout.js";
import type { GeneratedFiles } from "../generated-file.js";
import { isGenerated } from "../printer/source-file.js";
import { removedFunctions } from "./functions.js";
import { openPlainFiles, type PlainFiles } from "./plain-files.js";

/** A file of the output folder that differs from the generated one. */
export interface OutputDifference {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  /**
   * `stale`: it was generated before and no longer is. `foreign`: it was not generated, in a folder for generated files
   * only.
   */
  readonly kind: "changed" | "missing" | "stale" | "foreign";
}

/** What of an output folder belongs to generated files. */
interface Ownership {
  /** Folders from which stale files are removed. */
  readonly folders: readonly string[];
  /** Whether other files may lie there. */
  readonly isShared: boolean;
}

const ownership: Readonly<Record<LayoutName, Ownership>> = {
  packages: { folders: ["events", "producer", "consumer"].map((part) => `${part}/src/gen`), isShared: true },
  single: { folders: ["."], isShared: false },
};

const pathsOf = ({ files }: GeneratedFiles) => files.map(({ path }) => path);

/** How an output folder is prepared for a program that writes the files itself. */
export interface PrepareOptions {
  /** Whether functions that were generated before may be removed. Default: false. */
  readonly allowRemoved?: boolean;
}

/**
 * Creates all folders of generated files. Rejects, and changes nothing, if a symbolic link below the output folder or a
 * file that was not generated is in the way, or if a function that was generated before would be removed.
 */
export async function prepareOutput(
  out: string,
  generated: GeneratedFiles,
  { allowRemoved = false }: PrepareOptions = {},
): Promise<void> {
  const present = openPlainFiles(out);
  present.refuseLinks(pathsOf(generated));
  refuseForeign(out, compare(present, generated));
  const removed = allowRemoved ? [] : removedFunctions(out, generated);
  if (removed.length > 0) {
    const gone = removed.map((name) => `producer.${name}`).join(", ");
    throw new Error(
      `the contract no longer gives ${gone}, and code that uses it would break: pass allowRemoved to remove it`,
    );
  }
  for (const folder of new Set(pathsOf(generated).map((path) => dirname(path))))
    await mkdir(join(out, folder), { recursive: true });
}

function refuseForeign(out: string, differences: readonly OutputDifference[]): void {
  const foreign = differences.filter(({ kind }) => kind === "foreign").map(({ path }) => path);
  if (foreign.length === 0) return;
  const shown = `${foreign.slice(0, 5).join(", ")}${foreign.length > 5 ? ", …" : ""}`;
  const [files, them] = foreign.length === 1 ? ["a file that was", "it"] : ["files that were", "them"];
  throw new Error(
    `${out} has ${files} not generated: ${shown}. Nothing was written: move ${them} away, or name another folder`,
  );
}

/** Files that belong to people and their tools wherever they lie: `.gitattributes`, `.DS_Store`. */
const isHidden = (path: string) => /(^|\/)\./.test(path);

/** What lies in the owned folders and is not as generated, but for what was changed or is missing. */
const othersIn = (present: PlainFiles, generated: GeneratedFiles): readonly OutputDifference[] => {
  const known = new Set(pathsOf(generated));
  const { folders, isShared } = ownership[generated.layout];
  const found = folders.flatMap((folder) => present.list(folder, { recursive: true }));
  return found.flatMap((path): readonly OutputDifference[] => {
    if (isShared && known.has(path)) return [];
    if (isGenerated(present.read(path) ?? "")) return known.has(path) ? [] : [{ path, kind: "stale" }];
    return isShared || isHidden(path) ? [] : [{ path, kind: "foreign" }];
  });
};

const compare = (present: PlainFiles, generated: GeneratedFiles): readonly OutputDifference[] => {
  const others = othersIn(present, generated);
  const foreign = new Set(others.filter(({ kind }) => kind === "foreign").map(({ path }) => path));
  const found = generated.files.flatMap(({ path, content }): readonly OutputDifference[] => {
    const before = present.read(path);
    if (before === content || foreign.has(path)) return [];
    return [{ path, kind: before === null ? "missing" : "changed" }];
  });
  return [...found, ...others].sort((a, b) => (a.path < b.path ? -1 : 1));
};

/**
 * How the files in a folder differ from the generated ones, by path. Other files count only if they were generated
 * before; in the layout `single` all of them count, except hidden ones.
 */
export async function compareOutput(out: string, generated: GeneratedFiles): Promise<readonly OutputDifference[]> {
  return compare(openPlainFiles(out), generated);
}

/**
 * Writes files that differ and removes stale ones; a file that is up to date is not touched, so that watchers are not
 * triggered. Resolves to the changes. Rejects, and changes nothing, if a symbolic link below the folder is in the way,
 * or, in the layout `single`, a file that was not generated.
 */
export async function writeOutput(out: string, generated: GeneratedFiles): Promise<readonly OutputDifference[]> {
  const present = openPlainFiles(out);
  present.refuseLinks(pathsOf(generated));
  const differences = compare(present, generated);
  refuseForeign(out, differences);
  const contents = new Map(generated.files.map(({ path, content }) => [path, content]));
  for (const { path } of differences) {
    const content = contents.get(path);
    if (content === undefined) present.remove(path);
    else present.write(path, content);
  }
  return differences;
}

/** Removes files that were generated before and no longer are. */
export async function removeStale(out: string, generated: GeneratedFiles): Promise<void> {
  const present = openPlainFiles(out);
  for (const { path, kind } of othersIn(present, generated)) if (kind === "stale") present.remove(path);
}
