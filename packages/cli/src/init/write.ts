import { access, chmod, chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CommandError } from "../command/outcome.js";
import type { NewFile } from "./template.js";

/** Files that are left alone where they exist: a folder that came from a code host has them already. */
const welcome: ReadonlySet<string> = new Set(["README.md", ".gitignore"]);

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Which of the files exist already: those that are kept, and those that stand in the way. */
export async function existing(folder: string, files: readonly NewFile[]) {
  const found: string[] = [];
  for (const { path } of files) if (await isThere(join(folder, path))) found.push(path);
  return { kept: found.filter((path) => welcome.has(path)), inTheWay: found.filter((path) => !welcome.has(path)) };
}

/** What changes a folder. */
export interface Changes {
  /** Files that do not exist yet. */
  readonly added: readonly NewFile[];
  /** Files that exist, with what they were when it was decided to change them. */
  readonly changed: readonly ChangedFile[];
}

export interface ChangedFile extends NewFile {
  readonly before: string;
}

type Undo = () => Promise<unknown>;

/** Writes a file that does not exist yet. Rejects rather than overwrite one that was created meanwhile. */
async function add(target: string, content: string, undo: Undo[]): Promise<void> {
  const created = await mkdir(dirname(target), { recursive: true });
  if (created !== undefined) undo.push(() => rm(created, { recursive: true }));
  await writeFile(target, content, { flag: "wx" }).catch(async (caught: unknown) => {
    const isTheirs = caught instanceof Error && "code" in caught && caught.code === "EEXIST";
    if (!isTheirs) await rm(target, { force: true });
    throw caught;
  });
  undo.push(() => rm(target));
}

/** Puts a text in the place of a file's: wholly or not at all, with the file's rights. */
async function replace(path: string, content: string): Promise<void> {
  const target = await realpath(path);
  const { mode, uid, gid } = await stat(target);
  const beside = join(dirname(target), `.${basename(target)}.keyline-${process.pid}`);
  try {
    await writeFile(beside, content, { flag: "wx", mode });
    await chmod(beside, mode);
    // Another owner's file stays theirs where that is allowed.
    await chown(beside, uid, gid).catch(() => undefined);
    await rename(beside, target);
  } finally {
    await rm(beside, { force: true });
  }
}

async function change(path: string, { content, before }: ChangedFile, undo: Undo[]): Promise<void> {
  if ((await readFile(path, "utf8")) !== before) throw new Error(`${path} was changed meanwhile`);
  await replace(path, content);
  undo.push(() => replace(path, before));
}

/** Makes all of the changes, in their order, or none: where one fails, those before it are taken back, and it rejects. */
export async function applyChanges(folder: string, { added, changed }: Changes): Promise<void> {
  const undo: Undo[] = [];
  try {
    for (const { path, content } of added) await add(join(folder, path), content, undo);
    for (const file of changed) await change(join(folder, file.path), file, undo);
  } catch (caught) {
    for (const back of undo.reverse()) await back();
    const reason = caught instanceof Error ? caught.message : String(caught);
    throw new CommandError("couldNotRun", `nothing was written: ${reason}`, { cause: caught });
  }
}
