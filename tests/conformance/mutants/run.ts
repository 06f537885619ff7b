// Breaks a copy of the runtime in each of the ways listed and runs the suite of the promise that it breaks:
// node tests/conformance/mutants/run.ts [promise or part of what breaks]
// Exits 0 when every mutant is killed, 3 when one survives or no longer applies, 1 when nothing could be run.
import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mutants } from "./list.ts";
import type { Mutant } from "./mutant.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const sources = join(repository, "packages/runtime/src");

/** A copy of the runtime's sources, in a folder from which its dependencies are found. */
async function withCopy<T>(use: (runtime: string, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "keyline-mutant-"));
  try {
    await cp(sources, join(folder, "src"), { recursive: true });
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
    return await use(join(folder, "src"), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The titles of the tests of a promise that fail; vitest stops after `bail` of them, 0 for never. */
async function failing(promise: string, runtime: string, folder: string, bail: number): Promise<Set<string>> {
  const output = join(folder, "results.json");
  const args = [
    join(repository, "node_modules/vitest/vitest.mjs"),
    "run",
    "--config",
    fileURLToPath(new URL("vitest.config.ts", import.meta.url)),
    "--testNamePattern",
    `${promise} `,
    "--reporter=json",
    `--outputFile=${output}`,
    `--bail=${bail}`,
  ];
  const env = { ...process.env, KEYLINE_MUTANT_RUNTIME: runtime };
  const said = await run(args, env);
  const text = await readFile(output, "utf8").catch(() => {
    throw new Error(`vitest left no results:\n${said}`);
  });
  const results = JSON.parse(text) as Results;
  const tests = results.testResults.flatMap(({ assertionResults }) => assertionResults);
  // A mutant that cannot even be loaded fails its whole file.
  const files = results.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return new Set([
    ...tests.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
    ...files.map(({ name }) => name),
  ]);
}

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: repository, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    child.on("error", reject);
    child.on("close", () => resolve(said));
  });
}

/** Where the mutant's text is: in its file, or where it moved to since. */
async function placesOf({ file, from }: Mutant, runtime: string): Promise<string[]> {
  const names = await readdir(runtime, { recursive: true });
  const found: string[] = [];
  for (const name of [
    file,
    ...names.filter((one) => one.endsWith(".ts") && !one.endsWith(".test.ts") && one !== file),
  ]) {
    const path = join(runtime, name);
    const text = await readFile(path, "utf8").catch(() => "");
    for (let count = text.split(from).length - 1; count > 0; count -= 1) found.push(path);
    if (name === file && found.length === 1) return found;
  }
  return found;
}

/** Why the mutant lives; null when it was killed. */
async function survives(mutant: Mutant, known: ReadonlySet<string>): Promise<string | null> {
  return withCopy(async (runtime, folder) => {
    const [place, ...more] = await placesOf(mutant, runtime);
    if (!place) return "no longer applies: its text is nowhere";
    if (more.length > 0) return `no longer applies: its text is there ${more.length + 1} times`;
    const text = await readFile(place, "utf8");
    await writeFile(
      place,
      text.replace(mutant.from, () => mutant.to),
    );
    const failed = await failing(mutant.promise, runtime, folder, known.size === 0 ? 1 : 0);
    return [...failed].some((title) => !known.has(title)) ? null : "survives: no test notices";
  });
}

async function main([wanted = ""]: readonly string[]): Promise<number> {
  const chosen = mutants.filter(({ promise, breaks }) => `${promise} ${breaks}`.includes(wanted));
  const known = new Map<string, ReadonlySet<string>>();
  for (const promise of new Set(chosen.map((mutant) => mutant.promise))) {
    const red = await withCopy((runtime, folder) => failing(promise, runtime, folder, 0));
    // What is red without a mutant kills none.
    for (const title of red) console.error(`red without a mutant: ${title}`);
    known.set(promise, red);
  }
  let killed = 0;
  for (const mutant of chosen) {
    const life = await survives(mutant, known.get(mutant.promise) ?? new Set());
    if (life === null) killed += 1;
    console.error(
      `${life === null ? "killed  " : "ALIVE   "} ${mutant.promise} ${mutant.breaks}${life === null ? "" : `: ${life}`}`,
    );
  }
  console.log(`${chosen.length} mutants, ${killed} killed`);
  return killed === chosen.length ? 0 : 3;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  return 1;
});
