import { realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { createContractReader, type ReadFile } from "@keyline/contract";

/** An existing contract, as a new project has it. */
export interface ContractFiles {
  /** The contract's path in the project. */
  readonly contract: string;
  /** The texts of its files, by their paths in the project. */
  readonly texts: ReadonlyMap<string, string>;
  /** Whether they lie in the project's folder already, so that none of them is copied. */
  readonly isInPlace: boolean;
}

/** The folder of copies. */
const folderOfCopies = "contract";

const slashes = (path: string) => path.split(sep).join("/");

/** Whether a path lies in a folder, at any depth. */
export const isBelow = (folder: string, path: string) => !relative(folder, path).split(sep).includes("..");

/** Whether a file is in a folder, and not only a link there to one elsewhere. */
const isIn = (folder: string, path: string) =>
  isBelow(folder, path) && isBelow(realpathSync(folder), realpathSync(path));

/** The innermost folder that has all files below it. */
const commonFolder = (paths: readonly string[]): string =>
  paths.map(dirname).reduce((common, folder) => {
    let at = common;
    while (!isBelow(at, join(folder, "file"))) at = dirname(at);
    return at;
  });

/**
 * Where the files of a contract are in a new project: where they are, if all of them are in its folder; else copies, which
 * lie to each other as the originals do.
 */
export function placeFiles(
  { file, cwd, folder }: { readonly file: string; readonly cwd: string; readonly folder: string },
  texts: ReadonlyMap<string, string>,
): ContractFiles {
  const paths = [...texts.keys()].map((name) => resolve(cwd, name));
  const isInPlace = paths.every((path) => isIn(folder, path));
  const base = isInPlace ? folder : commonFolder(paths);
  const placed = (name: string) => {
    const path = slashes(relative(base, resolve(cwd, name)));
    return isInPlace ? path : `${folderOfCopies}/${path}`;
  };
  return {
    contract: placed(file),
    texts: new Map([...texts].map(([name, text]) => [placed(name), text])),
    isInPlace,
  };
}

/**
 * A reader of a contract's files that notes what it has read.
 * Invariant: `texts` has each file that was read, by its name.
 */
export function notingReader(file: string, cwd: string) {
  const read = createContractReader({ file, cwd });
  const texts = new Map<string, string>();
  const noting: ReadFile = async (name) => {
    const text = await read(name);
    texts.set(name, text);
    return text;
  };
  return { readFile: noting, texts: texts as ReadonlyMap<string, string> };
}

/** A reader of texts by their paths. */
export const readerOf =
  (texts: ReadonlyMap<string, string>): ReadFile =>
  async (name) => {
    const text = texts.get(slashes(name));
    if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return text;
  };
