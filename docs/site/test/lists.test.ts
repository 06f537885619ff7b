import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const docs = join(import.meta.dirname, "../..");

/** How a sentence begins is not compared. */
const begun = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** What a page says first, in bold, without the full stop. */
function sentenceOf(folder: string, id: string): string {
  const [, sentence = ""] = /\*\*(.+?)\.\*\*/s.exec(readFileSync(join(docs, folder, `${id}.md`), "utf8")) ?? [];
  return begun(sentence.replaceAll("\n", " "));
}

test.each(["checks", "errors", "findings", "rules"])("the list of %s says of each what its page says", (folder) => {
  const list = readFileSync(join(docs, folder, "README.md"), "utf8");
  const rows = [...list.matchAll(/^\| \[([\w-]+)\]\(\1\.md\) .*\| (.+?) +\|$/gm)].map(([, id = "", text = ""]) => [
    id,
    begun(text),
  ]);
  const pages = readdirSync(join(docs, folder)).filter((file) => file.endsWith(".md") && file !== "README.md");
  expect(rows.map(([id]) => `${id}.md`).sort()).toEqual(pages.sort());
  expect(rows).toEqual(rows.map(([id = ""]) => [id, sentenceOf(folder, id)]));
});

test("the README is short enough to be read, and leads on", () => {
  const readme = readFileSync(join(docs, "../README.md"), "utf8");
  expect(readme.split("\n").length - 1).toBeLessThanOrEqual(170);
  const coming = readdirSync(join(docs, "guides")).filter((file) => file.startsWith("from-"));
  expect(coming.filter((file) => !readme.includes(`(docs/guides/${file})`))).toEqual([]);
});
