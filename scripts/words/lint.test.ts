import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { avoid } from "./avoid.ts";
import { lintWords, termsOf } from "./lint.ts";

const folder = mkdtempSync(join(tmpdir(), "words-"));
afterAll(() => rmSync(folder, { recursive: true }));

const glossary = "| term | what it is | not |\n| --- | --- | --- |\n| lane | partition p | `lock step`, `row` |\n";

/** What is found in a file, as `line:column text`. */
async function found(name: string, content: string): Promise<readonly string[]> {
  const file = join(folder, name);
  writeFileSync(file, content);
  const misuses = await lintWords([file], glossary);
  return misuses.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const instead = (wrong: string, right: string) => `Incorrect term: “${wrong}”, use “${right}” instead`;

test("a word to avoid is found in Markdown at its place, also over the end of a line", async () => {
  expect(await found("a.md", "# Title\n\nA *process\nwho* waits. It is no\nkey. Mend it.\n")).toEqual([
    `3:4 ${instead("process who", "process that")}`,
    `4:16 ${instead("is no", "is not")}`,
    `5:6 ${instead("Mend", "Fix")}`,
  ]);
  expect(await found("b.md", "The record\nwho waits; the topic\n  is made again.\n")).toEqual([
    `1:5 ${instead("record who", "record that")}`,
    `3:6 ${instead("made again", "recreated")}`,
  ]);
});

test("code, addresses and words inside of words are not prose", async () => {
  const text = "`nobody` [a](nobody.md) anybodyelse\n\n```\nnobody\n```\n\n    nobody\n";
  expect(await found("c.md", text)).toEqual([]);
  expect(await found("d.md", `${text}\n| a |\n| --- |\n| nobody |\n`)).toHaveLength(1);
});

test("strings and templates of TypeScript are prose, where they have a blank", async () => {
  const text = `const nobody = "nobody";
nobody();
fail(\`\${nobody} sees "nobody here" \${1} by nobody\`, "1 events");
`;
  expect(await found("e.ts", text)).toEqual([
    `3:23 ${instead("nobody", avoid[0]?.[1] ?? "")}`,
    `3:44 ${instead("nobody", avoid[0]?.[1] ?? "")}`,
    `3:54 ${instead("1 events", "1 event")}`,
  ]);
});

test("comments of TypeScript are prose, names and code are not", async () => {
  const text = `/** It is no key. A process
 * who waits. */
const mended = nobody(); // Mend it.
// Nobody reads, and it is
// no key.
export const anew = mended < 1 /* anew */ ? \`\${nobody}\` : /nobody reads/;
`;
  expect(await found("g.ts", text)).toEqual([
    `1:8 ${instead("is no", "is not")}`,
    `1:21 ${instead("process    who", "process that")}`,
    `3:29 ${instead("Mend", "fix")}`,
    `4:4 ${instead("Nobody", avoid[0]?.[1] ?? "")}`,
    `4:25 ${instead("is    no", "is not")}`,
    `6:35 ${instead("anew", "again")}`,
  ]);
});

test("a phrase that a comment's line end divides is found where it is the only one", async () => {
  expect(await found("h.ts", "/** A process\n * who waits. */\n")).toHaveLength(1);
});

test("what the glossary's last column names is replaced by its term", async () => {
  expect(termsOf(glossary)).toEqual([
    ["\\block steps?\\b(?!')", "lane"],
    ["\\brows?\\b(?!')", "lane"],
  ]);
  expect(await found("f.md", "Two lock steps.\n")).toEqual([`1:5 ${instead("lock steps", "lane")}`]);
});
