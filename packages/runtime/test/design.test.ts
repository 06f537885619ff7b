import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const sources = new URL("../src/", import.meta.url);
const page = readFileSync(new URL("../DESIGN.md", import.meta.url), "utf8");

const files = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.replaceAll("\\", "/").replace(/\.ts$/, ""))
  .sort();

function section(title: string): string {
  const [, text = ""] = page.split(`\n## ${title}\n`);
  return text.split(/\n## /)[0] ?? "";
}

/** What a section has in backticks in the first cells of its tables, or anywhere where `prose` is set. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/`([a-z0-9-]+(?:\/[a-z0-9-]+)?)`/g)].map(([, name = ""]) => name);
}

const firstCells = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|")[1] ?? "")
    .join("\n");

test("the file map has each source file once, and no other", () => {
  const mapped = namesIn(firstCells(section("File map")));
  expect(mapped.filter((name, index) => mapped.indexOf(name) !== index)).toEqual([]);
  expect(mapped.toSorted()).toEqual(files);
});

test("the list of state has each file that states an invariant, and no other", () => {
  const stated = files.filter((file) =>
    /\* Invariant: |\/\/ Invariant: /.test(readFileSync(new URL(`${file}.ts`, sources), "utf8")),
  );
  const text = section("State");
  const [tables = "", caches = ""] = text.split("### Caches");
  const listed = [...namesIn(firstCells(tables)), ...namesIn(caches)];
  expect(listed.toSorted()).toEqual(stated);
});

test("every file that the page names anywhere is there", () => {
  const named = namesIn(page).filter((name) => name.includes("/"));
  expect(named.filter((name) => !files.includes(name))).toEqual([]);
});
