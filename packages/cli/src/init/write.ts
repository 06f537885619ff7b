import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NewFile } from "./template.js";

/** Files that are left alone where they exist: a folder that came from a code host has them already. */
const welcome: ReadonlySet<string> = new Set(["README.md", ".gitignore"]);

/** Which of the files exist already: those that are kept, and those that stand in the way. */
export async function existing(folder: string, files: readonly NewFile[]) {
  const found: string[] = [];
  for (const { path } of files) {
    const isThere = await access(join(folder, path)).then(
      () => true,
      () => false,
    );
    if (isThere) found.push(path);
  }
  return { kept: found.filter((path) => welcome.has(path)), inTheWay: found.filter((path) => !welcome.has(path)) };
}

/** Writes files that do not exist yet. Rejects rather than overwrite one that was created meanwhile. */
export async function writeNew(folder: string, files: readonly NewFile[]): Promise<void> {
  for (const { path, content } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content, { flag: "wx" });
  }
}

/** Writes files in the place of those that are there. */
export async function writeOver(folder: string, files: readonly NewFile[]): Promise<void> {
  for (const { path, content } of files) await writeFile(join(folder, path), content);
}
