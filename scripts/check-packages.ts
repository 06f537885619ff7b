// Checks every published package as the tarball that npm would publish: its exports, its types, its files. The tarballs are
// left for the tests that install them: node scripts/check-packages.ts [folder]
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { changesetProblems, metadataProblems } from "./metadata.ts";
import { type Packed, packAll, published } from "./published.ts";

const run = promisify(execFile);

const [given = ".keyline/tarballs"] = process.argv.slice(2);
const target = resolve(given);

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
const problems: string[] = [...published.flatMap(metadataProblems), ...changesetProblems()];
await packAll(target, async (packed) => {
  problems.push(...(await problemsOf(packed)));
});
for (const problem of problems) console.error(problem);
console.log(`${published.length} packages checked as packed, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
