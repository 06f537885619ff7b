import { dirname, join, relative, resolve, sep } from "node:path";
import { parseYaml, type SyntaxProblem } from "./parse-yaml.js";
import type { SourceFile } from "./tree.js";

/** Reads a file by the path that users see (relative to the main document as the caller named it). */
export type ReadFile = (path: string) => Promise<string>;

/** What the files of one contract hold together at most. */
export const maxContractBytes = 8 * 1024 * 1024;

/** Says that a file may not be read: it lies outside of what a contract may be made of. */
export class OutsideError extends Error {
  constructor() {
    super("it lies outside of the contract's folder and its git repository");
  }
}

/**
 * Files of one contract, each read once.
 *
 * Invariant: `size` is the length of all texts in `byPath` and `texts`; a path stands in one of `byPath`, `unreadable`,
 * `outside`, and may stand in `texts` too.
 */
export interface Files {
  readonly main: SourceFile;
  readonly byPath: Map<string, SourceFile>;
  /** Files of another language, which are compared and never parsed; by absolute path. */
  readonly texts: Map<string, string>;
  /** Why a file could not be read, by absolute path. */
  readonly unreadable: Map<string, string>;
  /** Files that may not be read, by absolute path. */
  readonly outside: Set<string>;
  size: number;
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

const parse = (problems: SyntaxProblem[], text: string, path: string, name: string, isMain: boolean): SourceFile => {
  const parsed = parseYaml(text, path, name, !isMain);
  problems.push(...parsed.problems);
  return { path, name, text, root: parsed.root };
};

export const openFiles = (text: string, name: string, readFile: ReadFile): Files => {
  const problems: SyntaxProblem[] = [];
  const main = parse(problems, text, resolve(name), name, true);
  const byPath = new Map([[main.path, main]]);
  return {
    main,
    byPath,
    texts: new Map(),
    unreadable: new Map(),
    outside: new Set(),
    size: text.length,
    problems,
    readFile,
  };
};

const tooLargeTogether = `with it the contract's files have more than ${maxContractBytes / 1024 / 1024} MB`;

/** How a file is shown: beside the main document's name, with forward slashes. */
const shownName = (files: Files, path: string) =>
  join(dirname(files.main.name), relative(dirname(files.main.path), path))
    .split(sep)
    .join("/");

const readText = async (files: Files, path: string): Promise<string> => {
  const text = await files.readFile(shownName(files, path));
  if (files.size + text.length > maxContractBytes) throw new Error(tooLargeTogether);
  files.size += text.length;
  return text;
};

/** Reads a file that a schema of another language refers to, once. Nothing is said where it cannot be read. */
export const addText = async (files: Files, path: string): Promise<void> => {
  if (files.byPath.has(path) || files.texts.has(path)) return;
  files.texts.set(path, await readText(files, path).catch(() => ""));
};

/** Reads a local file into `files`, once; a failure is remembered. */
export const addFile = async (files: Files, path: string): Promise<void> => {
  if (files.byPath.has(path) || files.unreadable.has(path) || files.outside.has(path)) return;
  try {
    const text = await readText(files, path);
    files.byPath.set(path, parse(files.problems, text, path, shownName(files, path), false));
  } catch (error) {
    if (error instanceof OutsideError) files.outside.add(path);
    else files.unreadable.set(path, readFailure(error));
  }
};
