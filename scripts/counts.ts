// What a run of vitest left behind, as counts.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** How many of something passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The names of the tests that failed, where they have names. */
  readonly failures?: readonly string[];
  /** What was skipped: a file and how many of its tests. */
  readonly skips?: readonly string[];
  /** How long each file of tests took. */
  readonly files?: readonly FileTime[];
}

/** How long a file of tests took, with what it started. */
export interface FileTime {
  readonly file: string;
  readonly seconds: number;
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly assertionResults?: readonly { readonly status: string; readonly fullName: string }[];
}

/** What vitest's JSON report says; a report that is missing or empty is a failure, never a pass. */
export function vitestCounts(file: string): Counts {
  const report = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const number = (name: string) => (typeof report[name] === "number" ? report[name] : 0);
  const failed = report.success === true ? 0 : Math.max(1, number("numFailedTests"));
  const skipped = number("numPendingTests") + number("numTodoTests");
  const reports = (Array.isArray(report.testResults) ? report.testResults : []) as readonly FileReport[];
  const skips = skipsIn(reports);
  const files = reports.map(timeOf);
  // In CI a test that did not run counts as one that failed.
  if (process.env.CI === "true" && skipped > 0) {
    const failures = [...failuresIn(reports), ...skips.map((skip) => `skipped: ${skip}`)];
    return { passed: number("numPassedTests"), failed: failed + skipped, skipped: 0, failures, files };
  }
  return { passed: number("numPassedTests"), failed, skipped, failures: failuresIn(reports), skips, files };
}

/** The tests that failed, and the files that failed without one. */
function failuresIn(files: readonly FileReport[]): readonly string[] {
  return files.flatMap(({ name, status, assertionResults: tests = [] }) => {
    const failed = tests.filter((test) => test.status === "failed");
    if (failed.length > 0) return failed.map((test) => test.fullName);
    return status === "failed" ? [name] : [];
  });
}

/** How many tests of which files were not run. */
function skipsIn(files: readonly FileReport[]): readonly string[] {
  return files.flatMap(({ name, assertionResults: tests = [] }) => {
    const count = tests.filter(({ status }) => status !== "passed" && status !== "failed").length;
    return count > 0 ? [`${count} of ${relative(process.cwd(), name)}`] : [];
  });
}

const timeOf = ({ name, startTime = 0, endTime = 0 }: FileReport): FileTime => ({
  file: relative(process.cwd(), name),
  seconds: (endTime - startTime) / 1000,
});

/** Sums counts. */
export const sum = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((total, { passed }) => total + passed, 0),
  failed: all.reduce((total, { failed }) => total + failed, 0),
  skipped: all.reduce((total, { skipped }) => total + skipped, 0),
});
