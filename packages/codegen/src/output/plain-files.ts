import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

// Files below a folder, by paths with `/`. A symbolic link below that folder is never followed: it may lead
// anywhere, and may come from the same stranger as the contract.

/** What lies at a path: `link` also where a folder on the way is one. */
type Kind = "missing" | "file" | "folder" | "link" | "other";

const isMissing = (caught: unknown) =>
  caught instanceof Error && "code" in caught && (caught.code === "ENOENT" || caught.code === "ENOTDIR");

const kindOfEntry = async (path: string): Promise<Kind> => {
  try {
    const entry = await lstat(path);
    if (entry.isSymbolicLink()) return "link";
    return entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other";
  } catch (caught) {
    if (isMissing(caught)) return "missing";
    throw caught;
  }
};

/** The first part of the path that is not a regular file or folder, with its kind; else the whole path. */
const examine = async (folder: string, path: string): Promise<{ readonly kind: Kind; readonly at: string }> => {
  const steps = path.split("/");
  for (let length = 1; length < steps.length; length += 1) {
    const at = steps.slice(0, length).join("/");
    const kind = await kindOfEntry(join(folder, at));
    if (kind !== "folder") return { kind: kind === "file" ? "missing" : kind, at };
  }
  return { kind: await kindOfEntry(join(folder, path)), at: path };
};

/** The text of a plain file; null for anything else. */
export const readPlain = async (folder: string, path: string): Promise<string | null> => {
  if ((await examine(folder, path)).kind !== "file") return null;
  const file = await open(join(folder, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
};

/** Rejects where one of the paths is, or leads through, what is neither a plain file nor a plain folder. */
export const refuseLinks = async (folder: string, paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    const { kind, at } = await examine(folder, path);
    if (kind === "link") throw new Error(`${join(folder, at)} is a symbolic link, which is not followed: remove it`);
    if (kind === "other") throw new Error(`${join(folder, at)} is not a regular file: remove it`);
  }
};

/** Writes a file, with the folders that it needs. */
export const writePlain = async (folder: string, path: string, content: string): Promise<void> => {
  await refuseLinks(folder, [path]);
  await mkdir(dirname(join(folder, path)), { recursive: true });
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants;
  const file = await open(join(folder, path), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
};

/** Removes a file. */
export const removePlain = async (folder: string, path: string): Promise<void> => {
  await refuseLinks(folder, [path]);
  await rm(join(folder, path), { force: true });
};

/** The regular files in a part of a folder, with those of its subfolders where `recursive`; none where a link leads there. */
export const plainFilesIn = async (
  folder: string,
  part: string,
  { recursive }: { readonly recursive: boolean },
): Promise<readonly string[]> => {
  if ((await examine(folder, part)).kind !== "folder") return [];
  const entries = await readdir(join(folder, part), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = `${part}/${entry.name}`;
    if (entry.isFile()) return [path];
    return recursive && entry.isDirectory() ? plainFilesIn(folder, path, { recursive }) : [];
  });
  return (await Promise.all(found)).flat();
};
