import type { Json } from "@keyline/json-schema";

/** Characters that would change how their surroundings are read, shown as a replacement. */
const unreadable = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Contract text on one line: no control characters, no halves of characters. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\s\u2028\u2029]+/gu, " ")
    .trim()
    .replaceAll(unreadable, "\ufffd");

/** Whatever could begin something in Markdown, in a directive, in a link that was not meant as one. */
const syntax = /[\\`*_{}[\]<>#|!~@]|&(?=[#\w])|:(?=[\w:])/g;

const escaped = (line: string) =>
  line
    .replaceAll(syntax, (character) => `\\${character}`)
    .replace(/^(\d+)([.)])/, "$1\\$2")
    .replace(/^[-+=]/, "\\$&");

/** Contract text as Markdown that means only itself. */
export const plain = (text: string): string => escaped(oneLine(text));

/** The longest run of backticks in a text. */
const longestRun = (text: string) => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** Contract text as code inside a line; nothing at all is said in words. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === "") return "(empty)";
  const fence = "`".repeat(longestRun(line) + 1);
  const isOpen = line.startsWith("`") || line.endsWith("`");
  return isOpen ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** A contract's description on one line: text, with what stands between single backticks as code. */
export const prose = (text: string): string =>
  escapedAround(oneLine(text), /(?<!`)`([^`]+)`(?!`)/g, (inner) => code(inner));

function escapedAround(line: string, pattern: RegExp, print: (inner: string) => string): string {
  let at = 0;
  let printed = "";
  for (const match of line.matchAll(pattern)) {
    printed += escaped(line.slice(at, match.index)) + print(match[1] ?? "");
    at = match.index + match[0].length;
  }
  return printed + escaped(line.slice(at));
}

/** A contract's description as paragraphs, each on one line. */
export const paragraphs = (text: string | null): readonly string[] =>
  (text ?? "")
    .split(/\n\s*\n/)
    .map(prose)
    .filter((line) => line !== "");

/** A block of code that its content cannot end. */
export function fenced(language: string, content: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(content) + 1));
  return `${fence}${language}\n${content.trimEnd()}\n${fence}`;
}

/** JSON over several lines, with what cannot be seen written as escapes. */
export const json = (value: Json): string =>
  JSON.stringify(value, null, 2).replaceAll(
    /[\p{Zl}\p{Zp}\p{Cf}\ufeff]|[^\P{Cc}\n]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A table; cells are Markdown of one line. Empty where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")];
}

/** Contract text inside HTML; what Markdown readers might still look for in it is written as references. */
export const html = (text: string): string =>
  oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replaceAll("`", "&#96;")
    .replaceAll("]", "&#93;");

/** Contract text as code inside HTML. */
export const htmlCode = (text: string): string => `<code>${html(text)}</code>`;

/** Sentences of contract text end with a full stop. */
export const sentence = (markdown: string): string => (/[.!?:]$/.test(markdown) ? markdown : `${markdown}.`);
