import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Change, Mutant } from "./mutant.ts";

export const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** The change of a promise's mutant, by its place in the repository. */
export const changeOf = ({ file, from, to, package: folder = "runtime" }: Mutant): Change => ({
  file: `packages/${folder}/src/${file}`,
  from,
  to,
});

/** Where the change's text is: in its file, or where in its package it moved to since; or why it is in no such place. */
export async function placeOf({ file, from }: Change): Promise<{ file: string } | { missing: string }> {
  const times = async (path: string) => {
    const text = await readFile(join(repository, path), "utf8").catch(() => "");
    return text.split(from).length - 1;
  };
  if ((await times(file)) === 1) return { file };
  const folder = file.split("/").slice(0, 3).join("/");
  const names = await readdir(join(repository, folder), { recursive: true });
  const sources = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const found: string[] = [];
  for (const name of sources) {
    const path = `${folder}/${name.replaceAll(sep, "/")}`;
    for (let count = await times(path); count > 0; count -= 1) found.push(path);
  }
  const [place] = found;
  if (place === undefined) return { missing: "its text is nowhere" };
  return found.length === 1 ? { file: place } : { missing: `its text is there ${found.length} times` };
}
