import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { type Check, reports, slug } from "./checks.ts";
import type { Counts } from "./counts.ts";

/** What became of a step. */
export interface Outcome {
  readonly check: Check;
  readonly counts: Counts;
  readonly seconds: number;
  /** Holds all that the command printed. */
  readonly output: string;
}

/** Where a step's output goes. */
export const outputOf = (check: Check): string => join(reports, `${slug(check.name)}.log`);

/** Runs one step, its output in a file of its own, and counts it. */
export async function runCheck(check: Check): Promise<Outcome> {
  mkdirSync(reports, { recursive: true });
  const output = outputOf(check);
  const startedMs = performance.now();
  const code = await run(check, output);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  return { check, counts: countsOf(check, code), seconds, output };
}

/** Runs a step's command. Resolves to its exit code. */
function run({ command: [command, ...args], environment }: Check, output: string): Promise<number> {
  const log = openSync(output, "w");
  const child = spawn(command, args, { stdio: ["ignore", log, log], env: { ...process.env, ...environment } });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function countsOf(check: Check, code: number): Counts {
  if (!check.counts) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  try {
    const counts = check.counts();
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (caught) {
    const why = `no report: ${caught instanceof Error ? caught.message : String(caught)}`;
    return { passed: 0, failed: 1, skipped: 0, failures: [why] };
  }
}
