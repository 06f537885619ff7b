// Breaks the sources in each of the ways listed, and runs what has to notice: the suite of a promise, or the test of a fault.
// node tests/conformance/mutants/run.ts [promise, kind of fault, or part of what breaks]
// Exits 0 when every mutant is killed, 3 when one survives or no longer applies, 1 when nothing could be run.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faultsByKind } from "./faults/index.ts";
import { mutants } from "./list.ts";
import type { Change, Fault, Mutant } from "./mutant.ts";
import { changeOf, placeOf, repository } from "./places.ts";

/** One thing to break, and which tests have to notice. */
interface Trial {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly tests: Tests;
}

/** The tests of some files whose full titles have the text in them. */
interface Tests {
  readonly files: readonly string[];
  readonly title: string;
  /** A mutant may hang what it breaks. */
  readonly timeoutMs: number;
}

const suites = ["tests/conformance/test/memory.test.ts", "tests/conformance/test/memory-p8.test.ts"];

/** The promise that needs a database. */
const inDatabase: Readonly<Record<string, readonly string[]>> = { P10: ["tests/conformance/test/pglite-p10.test.ts"] };

const ofPromise = (mutant: Mutant): Trial => ({
  name: `${mutant.promise} ${mutant.breaks}`,
  changes: [changeOf(mutant)],
  tests: { files: inDatabase[mutant.promise] ?? suites, title: `${mutant.promise} `, timeoutMs: 10_000 },
});

/** One that a mutant of a promise puts back, too, is seen by its own test. */
const ofFault = ([kind, { fault, test, broughtBack }]: readonly [string, Fault]): Trial => ({
  name: `${kind}: ${fault}`,
  changes:
    typeof broughtBack === "string"
      ? mutants.filter(({ breaks }) => breaks === broughtBack).map(changeOf)
      : [broughtBack].flat(),
  tests: { files: [test.file], title: test.title, timeoutMs: 120_000 },
});

/** How the tests went: what failed, and how many there were. */
interface Outcome {
  readonly failed: ReadonlySet<string>;
  readonly ran: number;
}

/** Runs the tests, with the changes; vitest stops after `bail` of them have failed, 0 for never. */
async function outcomeOf(
  { files, title, timeoutMs }: Tests,
  changes: readonly Change[],
  bail: number,
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "keyline-mutant-"));
  try {
    const output = join(folder, "results.json");
    const args = [
      join(repository, "node_modules/vitest/vitest.mjs"),
      "run",
      ...files,
      `--config=${fileURLToPath(new URL("vitest.config.ts", import.meta.url))}`,
      `--testNamePattern=${title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`,
      `--testTimeout=${timeoutMs}`,
      "--reporter=json",
      `--outputFile=${output}`,
      `--bail=${bail}`,
    ];
    const said = await run(args, { ...process.env, KEYLINE_MUTANT: JSON.stringify(changes) });
    if (said === null) return { failed: new Set(["they never end"]), ran: 1 };
    const text = await readFile(output, "utf8").catch(() => {
      throw new Error(`vitest left no results:\n${said}`);
    });
    return outcomeIn(JSON.parse(text) as Results);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function outcomeIn({ testResults }: Results): Outcome {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === "failed");
  // A mutant that cannot even be loaded fails its whole file.
  const files = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.every((one) => one.status !== "failed"),
  );
  return {
    failed: new Set([...failed.map(({ fullName }) => fullName), ...files.map(({ name }) => name)]),
    ran: tests.filter(({ status }) => status === "passed").length + failed.length,
  };
}

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** What computes without a pause is ended by no time limit of vitest. */
const mostMs = 300_000;

/** What the program said; null where it was ended, with all that it started, since it did not end by itself. */
function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const child = spawn(process.execPath, args, { cwd: repository, env, stdio: [...stdio], detached: true });
    let said = "";
    let isEnded = false;
    const end = () => {
      isEnded = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const late = setTimeout(end, mostMs);
    process.once("exit", end);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(late);
      process.off("exit", end);
      resolve(isEnded ? null : said);
    });
  });
}

/** Why the mutant lives; null when it was killed. `before` is how its tests went without it. */
async function survives({ changes, tests }: Trial, before: Outcome): Promise<string | null> {
  if (before.ran === 0) return "its test did not run";
  const placed: Change[] = [];
  for (const change of changes) {
    const place = await placeOf(change);
    if ("missing" in place) return `no longer applies: ${place.missing}`;
    placed.push({ ...change, file: place.file });
  }
  const { failed } = await outcomeOf(tests, placed, before.failed.size === 0 ? 1 : 0);
  return [...failed].some((title) => !before.failed.has(title)) ? null : "survives: no test notices";
}

/** Without a mutant. What is red then kills none. */
async function outcomeBefore(tests: Tests): Promise<Outcome> {
  const outcome = await outcomeOf(tests, [], 0);
  for (const title of outcome.failed) console.error(`red without a mutant: ${title}`);
  return outcome;
}

/** A run of tests keeps one core busy; more than two at once would pass the time limits of their tests. */
const atOnce = Math.min(2, availableParallelism());

async function main([wanted = ""]: readonly string[]): Promise<number> {
  const trials = [...mutants.map(ofPromise), ...faultsByKind().map(ofFault)];
  const chosen = trials.filter(({ name }) => name.includes(wanted));
  const known = new Map<string, Promise<Outcome>>();
  const before = (tests: Tests): Promise<Outcome> => {
    const name = JSON.stringify(tests);
    const outcome = known.get(name) ?? outcomeBefore(tests);
    known.set(name, outcome);
    return outcome;
  };
  let killed = 0;
  const waiting = chosen.values();
  const work = async () => {
    for (const trial of waiting) {
      const life = await survives(trial, await before(trial.tests));
      if (life === null) killed += 1;
      console.error(`${life === null ? "killed  " : "ALIVE   "} ${trial.name}${life === null ? "" : `: ${life}`}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  console.log(`${chosen.length} mutants, ${killed} killed`);
  return killed === chosen.length ? 0 : 3;
}

// Else what was started would go on: it is a group of its own.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  return 1;
});
