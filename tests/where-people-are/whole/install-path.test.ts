import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Registry, startRegistry } from "../src/registry.ts";
import { root } from "../src/tools.ts";

const exec = promisify(execFile);
let folder = "";
let registry: Registry;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-registry-"));
  registry = await startRegistry(join(folder, "registry"));
}, 1_800_000);
afterAll(async () => {
  await registry?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** The commands of a guide's section, as they stand in its first block. */
async function commandsOf(section: string): Promise<string> {
  const page = await readFile(join(root, "docs/guides/own-contract.md"), "utf8");
  const [, commands] =
    new RegExp(`^## \\d\\. ${section}\\n[\\s\\S]*?\`\`\`sh\\n([\\s\\S]*?)\`\`\``, "m").exec(page) ?? [];
  if (commands === undefined) throw new Error(`the guide has no commands in its section ${section}`);
  return commands;
}

/** Runs commands as a person pastes them. Resolves to what they printed, and the processor time of all that they started. */
async function paste(commands: string, cwd: string, env: NodeJS.ProcessEnv) {
  const child = exec("bash", ["-e", "-c", `${commands}\ntimes`], { cwd, env });
  const { stdout, stderr } = await child.catch((caught: { readonly stdout?: string; readonly stderr?: string }) => {
    throw new Error(`${commands} failed:\n${caught.stdout}${caught.stderr}`, { cause: caught });
  });
  // bash's `times` ends with the user's and the system's share of what it waited for: 0m21.259s 0m6.517s
  const [, line = ""] = /([^\n]*)\n$/.exec(stdout) ?? [];
  const seconds = [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { output: stdout + stderr, seconds };
}

/** A folder of its own, and an npm that has fetched nothing. */
async function empty(name: string) {
  const at = join(folder, name);
  await mkdir(at);
  return { at, env: registry.npmEnvironment(join(folder, `${name}-cache`)) };
}

/** What npm has locked in a project, without the builds for other platforms. */
async function lockedIn(project: string) {
  interface Locked {
    readonly link?: boolean;
    readonly optional?: boolean;
    readonly hasInstallScript?: boolean;
  }
  const lock = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8"));
  const all = Object.entries(lock.packages as Readonly<Record<string, Locked>>);
  return all
    .filter(([path, { link, optional }]) => path.includes("node_modules/") && !link && !optional)
    .map(([path, { hasInstallScript = false }]) => ({ path, hasInstallScript }));
}

test("a release publishes every package of Keyline, and nothing else", async () => {
  const env = registry.npmEnvironment(join(folder, "release-cache"));
  // What stands between: the versions and the tags, which are the repository's.
  const { stdout } = await exec("npx", ["changeset", "publish", "--no-git-tag"], { cwd: root, env });
  const { stdout: listed } = await exec("node", ["scripts/released.ts"], { cwd: root, env });
  const released = listed.trim().split("\n");
  expect(released.length).toBeGreaterThan(10);
  for (const name of released) {
    expect(stdout).toContain(name);
    const answer = await fetch(`${registry.url}${name.replace("/", "%2f")}`);
    const { versions } = (await answer.json()) as { readonly versions: Record<string, { readonly dist: object }> };
    expect(Object.keys(versions)).toEqual(["0.1.0"]);
  }
  expect(stdout).not.toContain("@student-events/");
}, 1_800_000);

test("from an empty folder to the first event, by the guide's commands as they stand", async () => {
  const start = await commandsOf("Start");
  // Brings what others publish into the registry: it is warm afterwards.
  const first = await empty("first");
  const { output } = await paste(start, first.at, first.env);
  expect(output).toMatch(/^sent {6}order\.placed\/\d@0 {2}order 1001$/m);
  expect(output).toMatch(/^received {2}order 1001 was paid: 2500$/m);
  const project = join(first.at, "orders");
  for (const section of ["Make it yours", "Test"]) await paste(await commandsOf(section), project, first.env);

  // Each package more is installed twice on this path.
  const installed = await lockedIn(project);
  expect(installed.length).toBeLessThanOrEqual(60);
  expect(installed.filter(({ hasInstallScript }) => hasInstallScript)).toEqual([]);

  const alone = await empty("alone");
  const withoutModules = { recursive: true, filter: (from: string) => !from.includes("node_modules") };
  for (const file of await readdir(project)) await cp(join(project, file), join(alone.at, file), withoutModules);
  const lone = await paste("npm ci", alone.at, alone.env);
  const again = await empty("again");
  const guide = await paste(start, again.at, again.env);
  const times = (guide.seconds / lone.seconds).toFixed(2);
  console.log(
    `processor time: npm ci alone ${lone.seconds.toFixed(1)} s, the guide to its first events ${times} times that`,
  );
}, 3_600_000);
