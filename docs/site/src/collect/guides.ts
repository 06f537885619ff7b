import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Asset, Section, SourcePage } from "./page.js";

/** Folders of `docs/` that are not pages. */
const left = /^(site|images)\//;

/** The hand-written pages: every Markdown file of a folder, and the JSON files beside them. */
export async function collectGuides(folder: string): Promise<Section> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(folder).length + 1)
        .replaceAll(sep, "/"),
    )
    .filter((path) => !left.test(path) && !path.includes("node_modules/"))
    .sort();
  const read = (ending: string) =>
    Promise.all(
      files
        .filter((path) => path.endsWith(ending))
        .map(async (path) => ({ path, content: await readFile(join(folder, path), "utf8") })),
    );
  const [pages, assets] = await Promise.all([read(".md"), read(".json")]);
  return { pages: pages.map(pageOf), assets };
}

/** A page from a file whose first line is its title. Throws where that is missing. */
export function pageOf({ path, content }: Asset): SourcePage {
  const [, title, body] = /^# (.+)\n+([\s\S]*)$/.exec(content) ?? [];
  if (title === undefined || body === undefined)
    throw new Error(`${path}: begins with no title: write "# Title" first`);
  return { path, title: textOf(title), description: firstSentence(body), body };
}

/** Markdown of one line as text. */
export const textOf = (markdown: string): string =>
  markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/(?<!\\)[`*]/g, "")
    .replaceAll(/\\([!-/:-@[-`{-~])/g, "$1")
    .trim();

/** What a page is about, for search engines and lists: the first sentence of its text. */
function firstSentence(body: string): string {
  const paragraphs = body.replaceAll(/^```[\s\S]*?^```$/gm, "").split(/\n\s*\n/);
  const paragraph = paragraphs.find((one) => /^[A-Z`*[]/i.test(one) && !one.startsWith("Status:")) ?? "";
  const text = textOf(paragraph.replaceAll("\n", " "));
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}
