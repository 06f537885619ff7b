import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Files below a folder, by paths with `/`. */
export interface PlainFiles {
  /** Throws if one of the paths is, or leads through, anything but a plain file or folder. */
  refuseLinks(paths: readonly string[]): void;
  /** The text of a plain file; null for anything else. */
  read(path: string): string | null;
  /** Writes a file, and creates its folders. Throws if a link is in the way. */
  write(path: string, content: string): void;
  /** Removes a file. Throws if a link is in the way. */
  remove(path: string): void;
  /**
   * The files in a part of the folder, with those of its subfolders if `recursive`; none if a link leads there. The
   * part `.` is the folder itself.
   */
  list(part: string, options: { readonly recursive: boolean }): readonly string[];
}

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

/**
 * Gives the first part of a path that is not a plain folder, with its kind; else the whole path.
 * Invariant: `folders` has paths that were plain folders when they were first met: thousands of files lie in a few.
 */
const createExamine = (folder: string) => {
  const folders = new Set<string>();
  const kindOf = (at: string): Kind => {
    const kind = folders.has(at) ? "folder" : kindOfEntry(join(folder, at));
    if (kind === "folder") folders.add(at);
    return kind;
  };
  return (path: string): { readonly kind: Kind; readonly at: string } => {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const at = path.slice(0, end);
      const kind = kindOf(at);
      if (kind !== "folder") return { kind: kind === "file" ? "missing" : kind, at };
    }
    return { kind: kindOf(path), at: path };
  };
};

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants;

const withFile = <Result>(path: string, flags: number, use: (file: number) => Result): Result => {
  const file = openSync(path, flags);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
};

/**
 * Opens a folder in which symbolic links are never followed: they may lead anywhere, and may come from the same
 * untrusted source as the contract. The folder itself may be one. The calls are synchronous: a contract of 500 topics
 * has 1,500 files, and a promise for each step takes longer than the rest of generating.
 */
export const openPlainFiles = (folder: string): PlainFiles => {
  const examine = createExamine(folder);
  const refuseLink = (path: string): void => {
    const { kind, at } = examine(path);
    if (kind === "link") throw new Error(`${join(folder, at)} is a symbolic link, which is not followed: remove it`);
    if (kind === "other") throw new Error(`${join(folder, at)} is not a regular file: remove it`);
  };
  const list: PlainFiles["list"] = (part, { recursive }) => {
    const isThere = part === "." ? existsSync(folder) : examine(part).kind === "folder";
    if (!isThere) return [];
    return readdirSync(join(folder, part), { withFileTypes: true }).flatMap((entry) => {
      const path = part === "." ? entry.name : `${part}/${entry.name}`;
      if (!entry.isDirectory()) return [path];
      return recursive ? list(path, { recursive }) : [];
    });
  };
  return {
    refuseLinks: (paths) => paths.forEach(refuseLink),
    read: (path) => {
      if (examine(path).kind !== "file") return null;
      return withFile(join(folder, path), O_RDONLY | O_NOFOLLOW, (file) => readFileSync(file, "utf8"));
    },
    write: (path, content) => {
      refuseLink(path);
      const parent = dirname(path);
      if (parent === "." || examine(parent).kind === "missing") mkdirSync(join(folder, parent), { recursive: true });
      const flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
      withFile(join(folder, path), flags, (file) => writeFileSync(file, content));
    },
    remove: (path) => {
      refuseLink(path);
      rmSync(join(folder, path), { force: true });
    },
    list,
  };
};
