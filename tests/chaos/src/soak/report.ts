import type { SoakReport } from "./run-soak.js";
import { percent } from "./samples.js";

const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** The report for eyes. */
export function textOf({ options, memory, lag, databaseBytes, tables, page, problems }: SoakReport): string {
  const { minutes, students, rate } = options;
  const line = (name: string, ...cells: readonly unknown[]) =>
    `  ${name.padEnd(24)}${cells.map((cell) => String(cell).padStart(12)).join("")}`;
  return [
    `soak: ${minutes} min, ${students} students, ${rate} events a second`,
    line("", "first third", "middle", "last", "last/middle"),
    "memory, peak of each third",
    ...Object.entries(memory).map(([name, peaks]) => line(name, ...peaks.map(mega), percent(peaks))),
    "events not applied, most of each third",
    ...Object.entries(lag).map(([name, peaks]) => line(name, ...peaks)),
    "database",
    line("whole", ...databaseBytes.map(mega)),
    "tables at the end, with their indexes",
    ...tables.map(({ name, rows, bytes }) => line(name, `${rows} rows`, mega(bytes))),
    `the page has heard ${page.snapshots} snapshots and ${page.changes} changes: ${page.students} students, ${page.alerts} alerts`,
    ...problems.map((problem) => `  FOUND: ${problem}`),
    problems.length === 0 ? "memory is flat and lag bounded" : "NOT flat or bounded",
  ].join("\n");
}
