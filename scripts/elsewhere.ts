// `npm run test:elsewhere`: runs the tests at other dates, in other zones and locales, in another folder, as another user and
// in a clean root of Debian, and says how each run ended. What is not committed is not in a run with a checkout of its own.
// Under another date Java's clock is another too: brokers refuse records that lie far from their own clock.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makePlace, type Place } from "./elsewhere/checkout.ts";
import { fakeTime } from "./elsewhere/fake-time.ts";
import { type Surroundings, surroundingsOf, variants } from "./elsewhere/variants.ts";

const usage = `Usage: npm run test:elsewhere -- [--all | --files PATH] [VARIANT[+VARIANT...]]...
${Object.entries(variants)
  .map(([name, { about }]) => `  ${name.padEnd(14)}  ${about}`)
  .join("\n")}
  --all           run all that npm test runs; else the tests that start no broker and no browser
  --files PATH    of those run only the ones whose paths contain that; may be given several times
Without a variant each of them is run. A clean root always runs npm test.`;

const logs = join(import.meta.dirname, "../.keyline/elsewhere");
const report = ".keyline/elsewhere.json";

interface Outcome {
  readonly name: string;
  readonly counts: string;
  readonly isGood: boolean;
  readonly minutes: string;
}

/** Runs a command in a place; what it prints goes to a file. Resolves to its exit code. */
function runIn(place: Place, environment: NodeJS.ProcessEnv, command: readonly string[], log: string): Promise<number> {
  // The folder is entered last: it may be one of another root.
  const entering = ["sh", "-c", 'cd "$0" && exec "$@"', place.folder];
  const [program = "", ...args] = [...place.prefix, ...entering, ...command];
  const file = createWriteStream(log, { flags: "a" });
  const env = { ...place.environment, ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    child.on("error", reject);
    child.on("close", (code) => {
      file.end();
      resolve(code ?? 1);
    });
  });
}

const quick = ["npx", "vitest", "run"];
const reporting = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];

/** The counts of a run: by the report of the tests, or by the last line of all. */
function countsOf(place: Place, isWhole: boolean, log: string): string {
  if (isWhole) return readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "";
  const counts = JSON.parse(readFileSync(join(place.seenFolder, report), "utf8")) as Record<string, number>;
  return `${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${counts.numPendingTests} skipped`;
}

interface Extent {
  readonly all: boolean;
  readonly files: readonly string[];
}

async function runElsewhere(name: string, surroundings: Surroundings, { all, files }: Extent): Promise<Outcome> {
  const startedMs = performance.now();
  const log = join(logs, `${name}.log`);
  rmSync(log, { force: true });
  const ended = (isGood: boolean, counts: string): Outcome => {
    const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
    return { name, counts, isGood, minutes };
  };
  let place: Place | undefined;
  try {
    place = makePlace(surroundings);
    const isWhole = all || surroundings.isCleanRoot === true;
    if (place.isNew && (await runIn(place, {}, ["npm", "ci", "--no-audit"], log)) !== 0) {
      return ended(false, "npm ci failed");
    }
    const environment = { ...surroundings.environment, ...fakeTime(surroundings.startMs) };
    const code = await runIn(place, environment, isWhole ? ["npm", "test"] : [...quick, ...files, ...reporting], log);
    return ended(code === 0, countsOf(place, isWhole, log));
  } catch (caught) {
    return ended(false, caught instanceof Error ? caught.message : String(caught));
  } finally {
    place?.remove();
  }
}

async function main(): Promise<number> {
  const options = {
    all: { type: "boolean", default: false },
    files: { type: "string", multiple: true, default: [] as string[] },
    help: { type: "boolean", default: false },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const names = positionals.length > 0 ? positionals : Object.keys(variants);
  const runs = names.map((name) => ({ name, surroundings: surroundingsOf(name) }));
  mkdirSync(logs, { recursive: true });
  const outcomes: Outcome[] = [];
  for (const { name, surroundings } of runs) {
    console.log(`== ${name}: ${join(logs, `${name}.log`)}`);
    outcomes.push(await runElsewhere(name, surroundings, values));
  }
  const width = Math.max(...names.map((name) => name.length));
  for (const { name, counts, isGood, minutes } of outcomes) {
    console.log(`${isGood ? "good" : "FAIL"}  ${name.padEnd(width)}  ${minutes.padStart(5)} min  ${counts}`);
  }
  return outcomes.every(({ isGood }) => isGood) ? 0 : 1;
}

process.exitCode = await main();
