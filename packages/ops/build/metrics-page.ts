import { allMetrics } from "../src/metrics/table.ts";

const head = ["metric", "type", "labels", "what it means, and when to worry"] as const;

/** The table of every metric, as Markdown, padded as an editor would. */
function metricsTable(): string {
  const rows = allMetrics.map(({ name, type, labels, meaning }) => [`\`${name}\``, type, labels.join(", "), meaning]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The page of metrics with the table as it is to be: the rest of the page is written by hand. Throws where it has none. */
export function metricsPage(page: string): string {
  const found = /^\| metric .*(?:\n\|.*)*/m;
  if (!found.test(page)) throw new Error('the page of metrics has no table that begins with "| metric"');
  return page.replace(found, () => metricsTable());
}
