// `npm test`: every check of the repository, then what each took, and one plain line of counts.
// `npm run test:all`: those that run seldom, too. --changed: of those the ones of which a file has changed since they were
// green; --minutes N: none of them begins later than that; --seed N: in the place of a drawn one.
// Names of steps: those alone.
import { randomInt } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { adviceOn, missingNeeds } from "../dev/needs/src/index.ts";
import { type Check, checks, type RareCheck, rareChecks, reports } from "./checks.ts";
import { sum } from "./counts.ts";
import { changedSince, hashOf, remember } from "./green.ts";
import { roomyFolder } from "./roomy-folder.ts";
import { type Outcome, outputOf, runCheck } from "./run-check.ts";
import { runAll } from "./schedule.ts";
import { timesOf } from "./times.ts";

const { values: asked, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: "boolean", default: false },
    changed: { type: "boolean", default: false },
    minutes: { type: "string", default: "1000" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
  },
});
const allRare = rareChecks(Number(asked.seed));
const rare = asked.all ? allRare : asked.changed ? changedSince(allRare) : [];
const wanted = (some: readonly Check[]) => some.filter(({ name }) => names.length === 0 || names.includes(name));
const hashes = new Map(rare.map((check) => [check as Check, hashOf(check)]));
const untilMs = performance.now() + Number(asked.minutes) * 60_000;

const { warning } = roomyFolder();
const warn = () => warning && console.log(`\nWARNING: ${warning}`);
warn();

const startedMs = performance.now();
rmSync(reports, { recursive: true, force: true });
const late: Check[] = [];
const runSteps = (some: readonly Check[]) =>
  runAll<Outcome | null>(wanted(some), async (check) => {
    if (hashes.has(check) && performance.now() > untilMs) {
      late.push(check);
      return null;
    }
    console.log(`>> ${check.name} begins, its output in ${outputOf(check)}`);
    const outcome = await runCheck(check);
    show(outcome);
    return outcome;
  });
// What runs seldom holds nothing up.
const outcomes = [...(await runSteps(checks)), ...(await runSteps(rare))].filter((outcome) => outcome !== null);

/** Prints what a step printed: all at once, as others run beside it. */
function show({ check, seconds, output }: Outcome): void {
  console.log(`\n== ${check.name}: ${check.command.join(" ")}`);
  process.stdout.write(readFileSync(output));
  console.log(`-- ${check.name}: ${seconds} s\n`);
}

const isGreen = ({ counts }: Outcome) => counts.failed === 0 && counts.skipped === 0 && counts.passed > 0;
const green = outcomes.filter(isGreen).flatMap(({ check }) => {
  const hash = hashes.get(check);
  return hash === undefined ? [] : [[check as RareCheck, hash] as const];
});
if (green.length > 0) remember(new Map(green));
const failed = outcomes.filter(({ counts }) => counts.failed > 0);
const total = sum(outcomes.map(({ counts }) => counts));
console.log(timesOf(outcomes, (performance.now() - startedMs) / 1000));
for (const { check, counts } of failed) console.log(`Failed: ${[check.name, ...(counts.failures ?? [])].join("\n  ")}`);
if (failed.length === 0) console.log("Everything holds");
for (const { name } of late)
  console.log(`NOT RUN, though a file that it depends on has changed since it was green: ${name} (npm run test:all)`);
const skips = outcomes.flatMap(({ counts }) => counts.skips ?? []);
if (skips.length > 0) console.log(`Not run:\n  ${skips.join("\n  ")}`);
const missing = await missingNeeds();
if (missing.length > 0) console.log(`Missing on this machine: ${adviceOn(missing)}`);
warn();
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
