// Checks every published package as the tarball that npm would publish: its exports, its types, its files. The tarballs are
// left for the tests that install them: node scripts/check-packages.ts [folder]
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";

const run = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const [given = ".keyline/tarballs"] = process.argv.slice(2);
const target = resolve(given);
// What git ignores stays where a package was moved away.
const folders = readdirSync("packages")
  .map((name) => join("packages", name))
  .filter((folder) => existsSync(join(folder, "package.json")));
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
const published = folders.filter((folder) => manifestOf(folder).private !== true);

async function pack(folder: string): Promise<Packed> {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", target], { cwd: folder });
  const [packed] = JSON.parse(stdout) as Packed[];
  if (!packed) throw new Error(`npm pack of ${manifestOf(folder).name} gave nothing`);
  return packed;
}

/** What is wrong with a package, a line each. */
async function problemsOf({ name, filename, files }: Packed): Promise<readonly string[]> {
  const tarball = join(target, filename);
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages } = await publint({ strict: true, pack: { tarball: bytes.buffer } });
  const stray = files.filter(({ path }) => /\.test\.ts$|(^|\/)(test|fixtures)\//.test(path));
  const types = await run("attw", [tarball, "--profile", "esm-only", "--format", "ascii", "--no-emoji"]).then(
    () => [],
    (caught: { readonly stdout?: string }) => [`${name}: ${caught.stdout ?? String(caught)}`],
  );
  return [
    ...messages.map(({ code, path }) => `${name}: publint ${code} at ${path.join(".")}`),
    ...stray.map(({ path }) => `${name}: the tarball carries ${path}`),
    ...types,
  ];
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const waiting = [...published];
const packages: Packed[] = [];
const problems: string[] = [];
const work = async () => {
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const packed = await pack(folder);
    packages.push(packed);
    problems.push(...(await problemsOf(packed)));
  }
};
await Promise.all([work(), work()]);
const tarballs = Object.fromEntries(packages.map(({ name, filename }) => [name, join(target, filename)]));
writeFileSync(join(target, "index.json"), JSON.stringify(tarballs, null, 2));
for (const problem of problems) console.error(problem);
console.log(`${published.length} packages checked as packed, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
