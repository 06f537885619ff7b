import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { TextlintKernel } from "@textlint/kernel";
import type textPlugin from "@textlint/textlint-plugin-text";
import terminology from "textlint-rule-terminology";
import { avoid, names } from "./avoid.ts";
import { nodesBelow, parseMarkdown, proseOfMarkdown, proseOfTypeScript } from "./prose.ts";

/** A word to replace, at its place. */
export interface Misuse {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

type Terms = readonly (string | readonly [pattern: string, instead: string])[];

/** What the glossary's last column says not to write, each with the term of its row. */
export function termsOf(glossary: string): readonly (readonly [pattern: string, instead: string])[] {
  const rows = nodesBelow(parseMarkdown(glossary)).filter(({ type }) => type === "tableRow");
  return rows.flatMap(({ children = [] }) => {
    const [term, , not] = children.map(nodesBelow);
    const name = term?.find(({ type }) => type === "text")?.value;
    const others = not?.filter(({ type }) => type === "inlineCode") ?? [];
    return name === undefined ? [] : others.map(({ value }) => [`\\b${value}s?\\b(?!')`, name] as const);
  });
}

const kernel = new TextlintKernel();
// It is CommonJS, whose default export Node and Vitest take in two ways.
const { default: text }: typeof textPlugin = createRequire(import.meta.url)("@textlint/textlint-plugin-text");

/** All misuses of words in files, of which Markdown and TypeScript are read. */
export async function lintWords(files: readonly string[], glossary: string): Promise<readonly Misuse[]> {
  const avoided = [...avoid, ...termsOf(glossary)].map(
    ([pattern, instead]) => [pattern.replaceAll(" ", "\\s+"), instead] as const,
  );
  // To parse a file takes most of the time: one that has no such word anywhere is not parsed.
  // In a comment a mark may lie between two words.
  const between = String.raw`(?:\s|\*|//)+`;
  const any = new RegExp(avoided.map(([pattern]) => pattern.replaceAll(String.raw`\s+`, between)).join("|"), "i");
  const found = files.map(async (file) => {
    const source = readFileSync(file, "utf8");
    if (file.endsWith(".md")) return lintProse(file, source, proseOfMarkdown(source), [...names, ...avoided]);
    return any.test(source) ? lintProse(file, source, proseOfTypeScript(source), avoided) : [];
  });
  return (await Promise.all(found)).flat();
}

async function lintProse(file: string, source: string, prose: string, terms: Terms): Promise<readonly Misuse[]> {
  const { messages } = await kernel.lintText(prose, {
    ext: ".txt",
    filePath: file,
    plugins: [{ pluginId: "text", plugin: text }],
    rules: [
      {
        ruleId: "terminology",
        rule: terminology,
        options: { defaultTerms: false, terms },
      },
    ],
  });
  return messages.map(({ range: [at], message }) => {
    const before = source.slice(0, at).split("\n");
    return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  });
}
