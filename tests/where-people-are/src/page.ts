// The page about where Keyline runs has its table and its lines to copy from here: node tests/where-people-are/src/page.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cells, jestLine, requireBanner, versionsOfTools } from "./cells.ts";
import { root } from "./tools.ts";

export const pageFile = "docs/guides/where-it-runs.md";

/** A row of Markdown as Biome formats it: columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...others] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n");
}

const rows = cells.map(({ tool, way, setting }) => [...[tool, versionsOfTools[tool] ?? "", way, setting ?? "nothing"]]);

/** What stands in the page between the marks of each name. */
const parts: Readonly<Record<string, string>> = {
  table: table([["tool", "version", "used as", "to set"], ...rows]),
  jest: `\`\`\`json\n${jestLine}\n\`\`\``,
  banner: `\`\`\`sh\nesbuild main.ts --bundle --platform=node --format=esm --outfile=main.mjs "--banner:js=${requireBanner}"\n\`\`\``,
};

/** The page with what stands between its marks as the cells say. */
export const withTable = (page: string): string =>
  Object.entries(parts).reduce((text, [name, part]) => {
    const marked = new RegExp(`(<!-- ${name} -->\n\n)[\\s\\S]*?(\n\n<!-- end -->)`);
    if (!marked.test(text)) throw new Error(`${pageFile} has no marks of ${name}`);
    return text.replace(marked, (_, begin: string, end: string) => begin + part + end);
  }, page);

if (process.argv[1] === import.meta.filename) {
  const file = join(root, pageFile);
  writeFileSync(file, withTable(readFileSync(file, "utf8")));
}
