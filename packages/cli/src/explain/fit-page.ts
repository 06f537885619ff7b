import { wrapped } from "../command/help.js";

/** Lines that stand alone: empty ones, headings, tables, quotes and what is indented. */
const alone = /^(\s|#|\||>|-{3,}$|$)/;
const item = /^(- |\d+\. )/;

/** Markdown with the lines of its paragraphs and lists as long as `width` allows; blocks of code and tables stay as they are. */
export function fitPage(markdown: string, width: number): string {
  const parts = markdown.split(/^(```[\s\S]*?^```$)/m);
  return parts.map((part) => (part.startsWith("```") ? part : fitProse(part, width))).join("");
}

function fitProse(text: string, width: number): string {
  const paragraphs: string[][] = [];
  let isOpen = false;
  for (const line of text.split("\n")) {
    const isIndented: boolean = isOpen && /^ {2,3}\S/.test(line);
    if (isOpen && !item.test(line) && (isIndented || !alone.test(line))) paragraphs.at(-1)?.push(line.trim());
    else paragraphs.push([line]);
    isOpen = isIndented || !alone.test(line);
  }
  return paragraphs.map((lines) => (alone.test(lines[0] ?? "") ? lines.join("\n") : fitted(lines, width))).join("\n");
}

function fitted(lines: readonly string[], width: number): string {
  const [mark = ""] = item.exec(lines[0] ?? "") ?? [];
  const indent = " ".repeat(mark.length);
  return wrapped(lines.join(" ").slice(mark.length), width - mark.length)
    .split("\n")
    .map((line, index) => `${index === 0 ? mark : indent}${line}`)
    .join("\n");
}
