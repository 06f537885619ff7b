import { harmlessInPlace } from "@keyline/runtime/tools";

/** Lines that are shown before the one in question. */
const linesBefore = 2;

/** Widest part of a line that is shown. */
const width = 110;

/** Text that cannot steer a terminal, in columns as wide as before. */
export const printable = harmlessInPlace;

/** Longest name that is shown of what a producer can write at will. */
const longestName = 40;

/** A name that is long cannot fill the screen, nor steer it. */
export const nameText = (name: string): string =>
  printable(name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name);

/** The line of a diagnostic in its file, with those before it, and a caret below its column; empty where the file has no such line. */
export function codeFrame(source: string, line: number, column: number): string {
  const lines = source.split(/\r?\n/);
  if (lines[line - 1] === undefined) return "";
  const digits = String(line).length;
  // Of a long line, more of what stands before the column than of what follows.
  const cut = column > width ? column - Math.ceil((width * 2) / 3) : 0;
  const first = Math.max(1, line - linesBefore);
  const shown = lines.slice(first - 1, line).map((text, index) => {
    const number = first + index;
    const mark = number === line ? ">" : " ";
    return `${mark} ${String(number).padStart(digits)} | ${printable(text.slice(cut, cut + width))}`.trimEnd();
  });
  return [...shown, `  ${" ".repeat(digits)} | ${" ".repeat(Math.max(0, column - 1 - cut))}^`].join("\n");
}
