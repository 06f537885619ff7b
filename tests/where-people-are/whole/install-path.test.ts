import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Registry, startRegistry } from "../src/registry.ts";
import { root } from "../src/tools.ts";

const exec = promisify(execFile);
/** The most that the guide's commands may take, in times of `npm ci` alone. */
const mostTimes = 2;

let folder = "";
let registry: Registry;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyline-registry-"));
  registry = await startRegistry(join(folder, "registry"));
}, 300_000);
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

/** Runs commands as a person pastes them; resolves to what they printed, and to when a first line began with "sent". */
async function paste(commands: string, cwd: string, env: NodeJS.ProcessEnv) {
  const startedMs = performance.now();
  let firstEventMs = Number.NaN;
  const lines: string[] = [];
  const shell = spawn("bash", ["-e", "-c", commands], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [shell.stdout, shell.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      if (line.startsWith("sent") && Number.isNaN(firstEventMs)) firstEventMs = performance.now() - startedMs;
    });
  }
  const code = await new Promise((resolve) => shell.once("close", resolve));
  if (code !== 0) throw new Error(`${commands} ended with ${code}:\n${lines.join("\n")}`);
  return { output: lines.join("\n"), firstEventMs, totalMs: performance.now() - startedMs };
}

/** A folder of its own, and an npm that has fetched nothing. */
async function empty(name: string) {
  const at = join(folder, name);
  await mkdir(at);
  return { at, env: registry.npmEnvironment(join(folder, `${name}-cache`)) };
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
}, 300_000);

test("from an empty folder to the first event, by the guide's commands as they stand", async () => {
  const start = await commandsOf("Start");
  // Brings what others publish into the registry: it is warm afterwards.
  const first = await empty("first");
  const { output } = await paste(start, first.at, first.env);
  expect(output).toMatch(/^sent {6}order\.placed\/\d@0 {2}order 1001$/m);
  expect(output).toMatch(/^received {2}order 1001 was paid: 2500$/m);
  const project = join(first.at, "orders");
  for (const section of ["Make it yours", "Test"]) await paste(await commandsOf(section), project, first.env);

  const ratios: number[] = [];
  for (const round of [1, 2]) {
    const alone = await empty(`alone-${round}`);
    for (const file of ["package.json", "package-lock.json", "packages"])
      await cp(join(project, file), join(alone.at, file), {
        recursive: true,
        filter: (from) => !from.includes("node_modules"),
      });
    const { totalMs } = await paste("npm ci", alone.at, alone.env);
    const guide = await empty(`guide-${round}`);
    const { firstEventMs } = await paste(start, guide.at, guide.env);
    ratios.push(firstEventMs / totalMs);
    console.log(
      `npm ci alone ${(totalMs / 1000).toFixed(1)} s; the first event after ${(firstEventMs / 1000).toFixed(1)} s: ${(firstEventMs / totalMs).toFixed(2)} times`,
    );
  }
  expect(Math.min(...ratios)).toBeLessThan(mostTimes);
}, 600_000);
