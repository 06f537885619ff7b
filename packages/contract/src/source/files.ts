import { readFile as readFromDisk } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseYaml, type SyntaxProblem } from "./parse-yaml.js";
import type { SourceFile } from "./tree.js";

/** Reads a file by the path that a user sees (relative to the main document as the caller named it). */
export type ReadFile = (path: string) => Promise<string>;

/** Files of one contract, each read once. */
export interface Files {
  readonly main: SourceFile;
  readonly byPath: Map<string, SourceFile>;
  /** Why a file could not be read, by absolute path. */
  readonly unreadable: Map<string, string>;
  readonly problems: SyntaxProblem[];
  readonly readFile: ReadFile;
}

const reasons: { readonly [code: string]: string } = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is not a directory",
  EACCES: "permission denied",
};

/** Why reading failed, in words. */
export const readFailure = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
};

export const readUtf8: ReadFile = async (path) => (await readFromDisk(path, "utf8")).replace(/^\uFEFF/, "");

const parse = (files: Pick<Files, "problems">, text: string, path: string, name: string): SourceFile => {
  const { root, problems } = parseYaml(text, path, name);
  files.problems.push(...problems);
  return { path, name, text, root };
};

export const openFiles = (text: string, name: string, readFile: ReadFile): Files => {
  const problems: SyntaxProblem[] = [];
  const main = parse({ problems }, text, resolve(name), name);
  return { main, byPath: new Map([[main.path, main]]), unreadable: new Map(), problems, readFile };
};

/** How a file is shown: beside the main document's name, with forward slashes. */
const shownName = (files: Files, path: string) =>
  join(dirname(files.main.name), relative(dirname(files.main.path), path))
    .split(sep)
    .join("/");

/** Reads a local file into `files`, once; a failure is remembered. */
export const addFile = async (files: Files, path: string): Promise<void> => {
  if (files.byPath.has(path) || files.unreadable.has(path)) return;
  const name = shownName(files, path);
  try {
    files.byPath.set(path, parse(files, await files.readFile(name), path, name));
  } catch (error) {
    files.unreadable.set(path, readFailure(error));
  }
};
