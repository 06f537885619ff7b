// Checks the words of documents, help texts, messages and comments, by textlint: those that `scripts/words/avoid.ts` and the
// glossary name are not used. With paths it reads those files alone. Exit 3 where it finds one.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { lintWords } from "./words/lint.ts";

const documents = ["*.md", ":!docs/adr", ":!CHANGELOG.md", ":!**/CHANGELOG.md", ":!**/golden/**", ":!**/fixtures/**"];
// A pathspec's asterisk also stands for folders. What is generated has the contract's words, and the site's search those that
// readers look for.
const sources = [
  ...["packages/*/src/*.ts", "apps/*/src/*.ts", "dev/*.ts", "docs/site/src/*.ts", ":!*.test.ts"],
  ...[":!packages/events", ":!packages/producer", ":!packages/consumer", ":!docs/site/src/collect/search.ts"],
];

const listed = (patterns: readonly string[]) =>
  execFileSync("git", ["ls-files", "-z", "--", ...patterns], { encoding: "utf8" })
    .split("\0")
    .filter((name) => name !== "");

const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : [...listed(documents), ...listed(sources)];
const misuses = await lintWords(files, readFileSync("docs/glossary.md", "utf8"));
for (const { file, line, column, message } of misuses) console.log(`${file}:${line}:${column} ${message}`);
console.log(`words: ${files.length} files, ${misuses.length} to replace`);
if (misuses.length > 0) process.exitCode = 3;
