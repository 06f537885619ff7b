import { execFile, spawn, spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/keyline.js", import.meta.url));
let cwd = "";

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-bin-"));
  await copyFile(new URL("../../../asyncapi.yaml", import.meta.url), join(cwd, "asyncapi.yaml"));
});

afterAll(() => rm(cwd, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it at a terminal of util-linux' `script`, which prints both streams. */
const atTerminal = (args: string, env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve) => {
    const command = `stty cols 80; "${process.execPath}" "${bin}" ${args}`;
    const options = { cwd, env: { ...process.env, TERM: "xterm-256color", ...env } };
    const child = execFile("script", ["-qec", command, "/dev/null"], options, (_, stdout) => resolve(stdout));
    child.stdin?.end();
  });
const hasScript = spawnSync("script", ["--version"]).status === 0;

const keyline = (...args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    // Also where others run what was built.
    const env = { ...process.env, KEYLINE_BUILT: "" };
    const child = execFile(process.execPath, [bin, ...args], { cwd, env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });

test("the checked-in command needs no build, prints its result alone and exits with its code", async () => {
  const { code, stdout, stderr } = await keyline("check", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, ok: true });
}, 60_000);

test("problems, usage and what cannot run have different exit codes", async () => {
  await writeFile(join(cwd, "bad.yaml"), "asyncapi: 1.0.0\n");
  expect((await keyline("check", "bad.yaml")).code).toBe(3);
  expect((await keyline("check", "--jsn")).code).toBe(2);
  expect((await keyline("check", "none.yaml")).code).toBe(1);
}, 60_000);

test("brokers that do not answer are named, within moments", async () => {
  const { code, stdout, stderr } = await keyline("skew", "--brokers", "127.0.0.1:1");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("cannot reach Kafka at 127.0.0.1:1: ");
}, 60_000);

test("ends without a message when its output is closed, and not as if all were well", async () => {
  const child = spawn(process.execPath, [bin, "explain", "key-required"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said += text.toString();
  });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(141);
  expect(said).toBe("");
}, 60_000);

test("no escape codes without a terminal, whatever the environment asks for", async () => {
  await writeFile(join(cwd, "bad.yaml"), "asyncapi: 1.0.0\n");
  const { stdout, stderr } = await new Promise<Outcome>((resolve) => {
    const env = { ...process.env, FORCE_COLOR: "1", CLICOLOR_FORCE: "1", TERM: "xterm-256color" };
    const child = execFile(process.execPath, [bin, "check", "bad.yaml"], { cwd, env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
  expect(stdout).toContain("bad.yaml:1:");
  expect(stdout + stderr).not.toContain("\u001b");
}, 60_000);

test.skipIf(!hasScript)(
  "at a terminal there are colours, but not where NO_COLOR is set",
  async () => {
    await writeFile(join(cwd, "bad.yaml"), "asyncapi: 1.0.0\n");
    const { NO_COLOR: _, ...env } = process.env;
    expect(await atTerminal("check bad.yaml", { ...env, NO_COLOR: "" })).toContain("\u001b[");
    for (const args of ["check bad.yaml", "check --jsn", "--help", "explain key-required"]) {
      const printed = await atTerminal(args, { NO_COLOR: "1" });
      expect(printed.length).toBeGreaterThan(20);
      expect(printed).not.toContain("\u001b");
    }
    const page = await atTerminal("explain key-required", { NO_COLOR: "1" });
    expect(page.split(/\r?\n/).filter((line) => line.length > 80)).toEqual([]);
  },
  60_000,
);
