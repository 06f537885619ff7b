import { existsSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "@keyline/cli";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drive } from "../src/drive.ts";
import { exampleNames, examples, installExamples, readLock } from "../src/install.ts";
import { repository, run } from "../src/run.ts";
import { manifestIn, publishedPackages } from "../src/tarballs.ts";

/** One is driven in `npm test`; Nest's compiler and Next's bundler take minutes: `npm run test:all`. */
const isWhole = process.env.KEYLINE_EXAMPLES === "all";
const driven = isWhole ? exampleNames() : ["express"];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-examples-"));
  await installExamples(driven, { into: folder, hasTools: isWhole });
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The generated code, by the command that its project has installed; the repository's own where it has no tools. */
const generate = (cwd: string) =>
  isWhole
    ? run(cwd, "npm", "run", "-s", "keyline:generate")
    : run(cwd, "node", join(repository, "packages/cli/bin/keyline.js"), "generate");

/** A folder's package.json and contract, as objects and text. */
const projectIn = (cwd: string) => ({
  manifest: manifestIn(cwd),
  contract: readFileSync(join(cwd, "asyncapi.yaml"), "utf8"),
});

/** The service as it was before: without the contract, and what `keyline init` adds to a package.json. */
async function emptied(name: string): Promise<string> {
  const cwd = join(folder, `before-${name}`);
  await cp(join(examples, name), cwd, {
    recursive: true,
    filter: (path) => !/asyncapi\.yaml$|[\\/]node_modules/.test(path),
  });
  const { keyline: _, scripts = {}, ...manifest } = manifestIn(cwd);
  const own = Object.entries(scripts).filter(([script]) => !script.startsWith("keyline:"));
  await writeFile(join(cwd, "package.json"), JSON.stringify({ ...manifest, scripts: Object.fromEntries(own) }));
  return cwd;
}

describe.each(driven)("the example %s", (name) => {
  beforeAll(async () => {
    const cwd = join(folder, name);
    await generate(cwd);
    if (isWhole && manifestIn(cwd).scripts?.build) await run(cwd, "npm", "run", "-s", "build");
  }, 600_000);

  const { scripts = {} } = manifestIn(join(examples, name));
  if (isWhole && scripts.typecheck) test("has no type error", () => run(join(folder, name), "npm", "run", "typecheck"));
  if (scripts.test) test("passes its own test", () => run(join(folder, name), "npm", "test"));
  if (scripts.start)
    test("sends what it is asked to, and refuses what is not of the contract", () => drive(name, { folder }));
});

describe("the examples' folder", () => {
  test.each(exampleNames())("%s has a page of a screen, whose code is the example's", (name) => {
    const page = readFileSync(join(examples, name, "README.md"), "utf8");
    expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(70);
    for (const [, path = "", code] of page.matchAll(/```[a-z]+ ([\w./-]+)\n([\s\S]*?)```/g)) {
      expect(readFileSync(join(examples, name, path), "utf8"), path).toBe(code);
    }
    for (const [, path = ""] of page.matchAll(/\]\((?!http)([^)#]+)\)/g)) {
      expect(existsSync(join(examples, name, path)), path).toBe(true);
    }
  });

  test.each(exampleNames())(
    "%s has the contract and the settings that init adds, and what its page installs",
    async (name) => {
      const cwd = await emptied(name);
      const signal = new AbortController().signal;
      const io = { out: () => {}, log: () => {}, cwd, environment: {}, hasColor: false, signal };
      expect(await main(["init"], io)).toBe(0);
      const example = projectIn(join(examples, name));
      expect(projectIn(cwd)).toEqual(example);
      const page = readFileSync(join(examples, name, "README.md"), "utf8");
      const installed = [...page.matchAll(/^npm install (.*)$/gm)].flatMap(
        ([, line = ""]) => line.match(/@keyline\/\w+/g) ?? [],
      );
      const { dependencies, devDependencies } = example.manifest;
      const named = Object.keys({ ...dependencies, ...devDependencies }).filter((one) => one.startsWith("@keyline/"));
      expect(installed.sort()).toEqual(named.sort());
    },
  );

  test("is locked with what Keyline's packages depend on now: else npm run lock:examples", () => {
    const { packages } = readLock(examples);
    for (const [name, source] of publishedPackages()) {
      const entry = packages[`node_modules/${name}`];
      if (entry) expect(entry.dependencies ?? {}, name).toEqual(manifestIn(source).dependencies ?? {});
    }
    for (const name of exampleNames()) {
      const { dependencies, devDependencies } = manifestIn(join(examples, name));
      expect(packages[name], name).toMatchObject({
        ...(dependencies && { dependencies }),
        ...(devDependencies && { devDependencies }),
      });
    }
  });
});
