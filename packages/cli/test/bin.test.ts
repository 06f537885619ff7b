import { execFile, spawn } from "node:child_process";
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
