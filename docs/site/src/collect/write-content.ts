import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { rewriteLinks, targetsOf } from "./links.js";
import { contentPath, type Section, type SourcePage } from "./page.js";

/** Where the collected site lies until it is built. */
export interface Folders {
  readonly content: string;
  readonly assets: string;
}

/** Writes pages and assets, touching only what changed, and removes what is gone. Throws, naming each, where a link leads nowhere. */
export async function writeContent({ pages, assets }: Section, folders: Folders): Promise<void> {
  const targets = targetsOf(pages, assets);
  const rewritten = pages.map((page) => ({ page, ...rewriteLinks(page, targets) }));
  const broken = rewritten.flatMap(({ page, broken }) => broken.map((link) => `${page.path}: ${link} leads nowhere`));
  if (broken.length > 0) throw new Error(`broken links:\n${broken.join("\n")}`);
  const files = rewritten.map(({ page, body }) => ({ path: contentPath(page.path), content: fileOf(page, body) }));
  await syncFolder(folders.content, files);
  await syncFolder(folders.assets, assets);
}

/** JSON is YAML too, and has one way to write any text. */
function fileOf({ title, description, frontmatter }: SourcePage, body: string): string {
  const fields = { title, ...(description ? { description } : {}), ...frontmatter };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${yamlOf(value)}\n`);
  return `---\n${lines.join("")}---\n\n${body.trimEnd()}\n`;
}

const yamlOf = (value: unknown) =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

async function syncFolder(
  folder: string,
  files: readonly { readonly path: string; readonly content: string }[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const wanted = new Set(files.map(({ path }) => path));
  const present = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(folder).length + 1)
        .replaceAll(sep, "/"),
    );
  for (const path of present) if (!wanted.has(path)) await rm(join(folder, path));
  for (const { path, content } of files) {
    const file = join(folder, path);
    if ((await readFile(file, "utf8").catch(() => null)) === content) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
