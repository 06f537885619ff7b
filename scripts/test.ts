// `npm test`: every check of the repository, then one plain line of counts.
import { rmSync } from "node:fs";
import { adviceOn, missingNeeds } from "../packages/needs/src/index.ts";
import { type Counts, checks, runCheck, sum } from "./checks.ts";

rmSync(".keyline/reports", { recursive: true, force: true });
const results: Counts[] = [];
const failed: string[] = [];
for (const check of checks) {
  console.log(`\n== ${check.name}: ${check.command.join(" ")}`);
  const startedMs = performance.now();
  const counts = await runCheck(check);
  console.log(`-- ${check.name}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
  if (counts.failed > 0) failed.push([check.name, ...(counts.failures ?? [])].join("\n  "));
  results.push(counts);
}
const total = sum(results);
console.log(failed.length > 0 ? `\nFailed: ${failed.join("\nFailed: ")}` : "\nEverything holds");
const skips = results.flatMap((counts) => counts.skips ?? []);
if (skips.length > 0) console.log(`Not run:\n  ${skips.join("\n  ")}`);
const missing = await missingNeeds();
if (missing.length > 0) console.log(`Missing on this machine: ${adviceOn(missing)}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
