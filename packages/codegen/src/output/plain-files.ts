import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

// Files below a folder, by paths with `/`. A symbolic link below that folder is never followed: it may lead
// anywhere, and may come from the same stranger as the contract. The calls are synchronous: a contract of 500 topics has
// 1,500 files, each looked at on its whole way, and a promise for each step takes longer than all the rest of generating.

/** What lies at a path: `link` also where a folder on the way is one. */
type Kind = "missing" | "file" | "folder" | "link" | "other";

const isMissing = (caught: unknown) =>
  caught instanceof Error && "code" in caught && (caught.code === "ENOENT" || caught.code === "ENOTDIR");

const kindOfEntry = (path: string): Kind => {
  try {
    const entry = lstatSync(path);
    if (entry.isSymbolicLink()) return "link";
    return entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
  } catch (caught) {
    if (isMissing(caught)) return "missing";
    throw caught;
  }
};

/** The first part of the path that is not a regular file or folder, with its kind; else the whole path. */
const examine = (folder: string, path: string): { readonly kind: Kind; readonly at: string } => {
  const steps = path.split("/");
  for (let length = 1; length < steps.length; length += 1) {
    const at = steps.slice(0, length).join("/");
    const kind = kindOfEntry(join(folder, at));
    if (kind !== "folder") return { kind: kind === "file" ? "missing" : kind, at };
  }
  return { kind: kindOfEntry(join(folder, path)), at: path };
};

/** The text of a plain file; null for anything else. */
export const readPlain = (folder: string, path: string): string | null => {
  if (examine(folder, path).kind !== "file") return null;
  const file = openSync(join(folder, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
};

/** Throws where one of the paths is, or leads through, what is neither a plain file nor a plain folder. */
export const refuseLinks = (folder: string, paths: readonly string[]): void => {
  for (const path of paths) {
    const { kind, at } = examine(folder, path);
    if (kind === "link") throw new Error(`${join(folder, at)} is a symbolic link, which is not followed: remove it`);
    if (kind === "other") throw new Error(`${join(folder, at)} is not a regular file: remove it`);
  }
};

/** Writes a file, with the folders that it needs. */
export const writePlain = (folder: string, path: string, content: string): void => {
  refuseLinks(folder, [path]);
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants;
  const file = openSync(join(folder, path), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
  try {
    writeFileSync(file, content);
  } finally {
    closeSync(file);
  }
};

/** Removes a file. */
export const removePlain = (folder: string, path: string): void => {
  refuseLinks(folder, [path]);
  rmSync(join(folder, path), { force: true });
};

/** The regular files in a part of a folder, with those of its subfolders where `recursive`; none where a link leads there. */
export const plainFilesIn = (
  folder: string,
  part: string,
  { recursive }: { readonly recursive: boolean },
): readonly string[] => {
  if (examine(folder, part).kind !== "folder") return [];
  const entries = readdirSync(join(folder, part), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = `${part}/${entry.name}`;
    if (entry.isFile()) return [path];
    return recursive && entry.isDirectory() ? plainFilesIn(folder, path, { recursive }) : [];
  });
};
