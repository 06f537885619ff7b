// Checks every published package as the tarball that npm would publish: its exports, its types, its files. The tarballs are
// left for the tests that install them: node scripts/check-packages.ts [folder]
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { changesetProblems, metadataProblems } from "./metadata.ts";
import { type Packed, packAll, published } from "./published.ts";

const [given = ".keyline/tarballs"] = process.argv.slice(2);
const target = resolve(given);

/** How a program that has ES modules alone may find a package's types. The others are TypeScript's older ways. */
const ways = ["node16-esm", "bundler"];

/** What is wrong with a package's types, for those. */
async function typeProblems(tarball: Uint8Array): Promise<readonly string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (!analysis.types) return ["has no types"];
  return analysis.problems
    .filter((problem) => !("resolutionKind" in problem) || ways.includes(problem.resolutionKind))
    .map((problem) => `types ${JSON.stringify(problem)}`);
}

/** What is wrong with a package, a line each. */
async function problemsOf({ name, filename, files }: Packed): Promise<readonly string[]> {
  const bytes = new Uint8Array(readFileSync(join(target, filename)));
  const { messages } = await publint({ strict: true, pack: { tarball: bytes.buffer } });
  const stray = files.filter(({ path }) => /\.test\.ts$|(^|\/)(test|fixtures)\//.test(path));
  return [
    ...messages.map(({ code, path }) => `publint ${code} at ${path.join(".")}`),
    ...stray.map(({ path }) => `the tarball carries ${path}`),
    ...(await typeProblems(bytes)),
  ].map((problem) => `${name}: ${problem}`);
}

rmSync(target, { recursive: true, force: true });
const problems: string[] = [...published.flatMap(metadataProblems), ...changesetProblems()];
for (const packed of await packAll(target)) problems.push(...(await problemsOf(packed)));
for (const problem of problems) console.error(problem);
console.log(`${published.length} packages checked as packed, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
