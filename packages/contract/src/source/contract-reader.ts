import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { maxContractBytes, OutsideError, type ReadFile } from "./files.js";

/** The files on disk that a contract may consist of. */
export interface ContractReaderOptions {
  /** The contract's file. */
  readonly file: string;
  /** The folder to which paths are relative. Default: the working directory. */
  readonly cwd?: string;
  /** More folders whose files may be read. */
  readonly allowRefs?: readonly string[];
}

/**
 * Creates a reader of the files of one contract: regular files of a limited size whose real path is below the
 * contract's folder, the git repository of that folder, or one of `allowRefs`. Files in a folder `.git` are never read,
 * since it may have credentials. The reader rejects for any other file.
 */
export const createContractReader = ({
  file,
  cwd = process.cwd(),
  allowRefs = [],
}: ContractReaderOptions): ReadFile => {
  const opened = allowRefs.map((folder) => resolve(cwd, folder));
  const contractFolder = dirname(resolve(cwd, file));
  return async (path) => {
    const real = await realpath(resolve(cwd, path));
    const folders = [...(await foldersOf(contractFolder)), ...(await Promise.all(opened.map((one) => realpath(one))))];
    if (!folders.some((folder) => isBelow(real, folder))) throw new OutsideError();
    return readRegularFile(real);
  };
};

/** The contract's folder, and its git repository if it lies in one; real paths. */
const foldersOf = async (contractFolder: string): Promise<readonly string[]> => {
  const folder = await realpath(contractFolder);
  for (let at = folder; ; at = dirname(at)) {
    const isRepository = await stat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isRepository) return [folder, at];
    if (dirname(at) === at) return [folder];
  }
};

const isBelow = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  const steps = way.split(sep);
  return !isAbsolute(way) && steps[0] !== ".." && !steps.includes(".git");
};

const readRegularFile = async (path: string): Promise<string> => {
  // Opening a FIFO would wait for a writer.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if ((await handle.stat()).isDirectory()) throw new Error("it is a directory");
    if (!(await handle.stat()).isFile()) throw new Error("it is not a regular file");
    return new TextDecoder("utf-8", { fatal: true }).decode(await readBounded(handle));
  } finally {
    await handle.close();
  }
};

/** The bytes of a file, whatever size its entry states. */
const readBounded = async (handle: FileHandle): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of handle.readableWebStream({ autoClose: false })) {
    chunks.push(new Uint8Array(chunk));
    size += chunk.byteLength;
    if (size > maxContractBytes) throw new Error(tooLarge);
  }
  return Buffer.concat(chunks);
};

const tooLarge = `it has more than ${maxContractBytes / 1024 / 1024} MB`;
