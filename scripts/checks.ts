import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** How many of something passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The names of the tests that failed, where they have names. */
  readonly failures?: readonly string[];
  /** What was skipped: a file and how many of its tests. */
  readonly skips?: readonly string[];
}

/** One step of `npm test`: a command, and how its outcome is counted. */
export interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Reads the counts that the command left behind; without it the step counts as one test. */
  readonly counts?: () => Counts;
}

const reports = ".keyline/reports";

/** What vitest's JSON report says; a report that is missing or empty is a failure, never a pass. */
function vitestCounts(file: string): Counts {
  const report = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const number = (name: string) => (typeof report[name] === "number" ? report[name] : 0);
  const failed = report.success === true ? 0 : Math.max(1, number("numFailedTests"));
  const skipped = number("numPendingTests") + number("numTodoTests");
  const files = (Array.isArray(report.testResults) ? report.testResults : []) as readonly FileReport[];
  const skips = skipsIn(files);
  // In CI a test that did not run counts as one that failed.
  if (process.env.CI === "true" && skipped > 0) {
    const failures = [...failuresIn(files), ...skips.map((skip) => `skipped: ${skip}`)];
    return { passed: number("numPassedTests"), failed: failed + skipped, skipped: 0, failures };
  }
  return { passed: number("numPassedTests"), failed, skipped, failures: failuresIn(files), skips };
}

interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly assertionResults?: readonly { readonly status: string; readonly fullName: string }[];
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

/** A run of vitest, counted by its tests. */
function vitest(name: string, config: string, ...args: readonly string[]): Check {
  const file = join(reports, `${name.replaceAll(/\W+/g, "-")}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  return {
    name,
    command: ["vitest", "run", "--config", config, ...args, ...reporters],
    counts: () => vitestCounts(file),
  };
}

/** Everything that `npm test` holds the repository to, quick findings first. */
export const checks: readonly Check[] = [
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "import directions", command: ["turbo", "boundaries"] },
  { name: "types", command: ["npm", "run", "-s", "typecheck"] },
  { name: "generated code is up to date", command: ["npm", "run", "-s", "generate:check"] },
  { name: "build", command: ["turbo", "run", "build", "--output-logs=errors-only"] },
  { name: "packages as packed", command: ["node", "scripts/check-packages.ts"] },
  vitest("tests", "vitest.config.ts"),
  vitest("pages in a browser", "vitest.browser.config.ts"),
  // Side by side: they mostly wait.
  vitest(
    "the promises on one broker and three",
    "vitest.kafka.config.ts",
    "brokers.test",
    "broker.test",
    "--fileParallelism",
    "--maxWorkers=2",
  ),
  vitest(
    "foreign producers, audit, demo and chaos on real brokers",
    "vitest.kafka.config.ts",
    ...["foreign.test", "audit.test", "demo", "chaos"],
  ),
];

/** Runs a command with its output shown. Resolves to its exit code. */
function run([command, ...args]: readonly [string, ...string[]]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Runs one check and counts it. */
export async function runCheck(check: Check): Promise<Counts> {
  mkdirSync(reports, { recursive: true });
  const code = await run(check.command);
  if (!check.counts) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  try {
    const counts = check.counts();
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (caught) {
    console.error(`${check.name}: no report: ${caught instanceof Error ? caught.message : String(caught)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Sums counts. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    {
      passed: 0,
      failed: 0,
      skipped: 0,
    },
  );
}
