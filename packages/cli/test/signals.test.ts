import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/keyline.js", import.meta.url));
const sockets = new Set<Socket>();
let onConnection = () => {};
/** A broker that takes connections and never answers. */
const silent = createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => undefined);
  onConnection();
});
let cwd = "";

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "keyline-signals-"));
  await copyFile(new URL("../../../asyncapi.yaml", import.meta.url), join(cwd, "asyncapi.yaml"));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
  await rm(cwd, { recursive: true, force: true });
});

/** Sends the signal as soon as the command waits for its broker. */
async function interrupted(signal: "SIGINT" | "SIGTERM", ...args: string[]) {
  const brokers = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const { PATH, KEYLINE_BUILT } = process.env;
  const options = { cwd, env: { PATH, KEYLINE_BUILT, KAFKA_BROKERS: brokers } };
  const child = spawn(process.execPath, [bin, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let [out, log] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on("data", (text: Buffer) => {
    log += text.toString();
  });
  onConnection = () => child.kill(signal);
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, out, log };
}

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s", (signal, exits) => {
  test(`before anything was read, trace says so, and claims nothing of topics: ${exits}`, async () => {
    const { code, out, log } = await interrupted(signal, "trace", "42", "--follow");
    expect({ code, log }).toEqual({ code: exits, log: "" });
    expect(out).toBe("key 42 of students: lane not known yet\n\n\ninterrupted before anything was read\n");
    const json = await interrupted(signal, "trace", "42", "--json");
    expect(json.code).toBe(exits);
    expect(JSON.parse(json.out)).toMatchObject({ interrupted: true, complete: false, missingTopics: null, events: [] });
  }, 60_000);

  test(`doctor prints the checks that it has made: ${exits}`, async () => {
    const { code, out } = await interrupted(signal, "doctor", "--json");
    expect(code).toBe(exits);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ command: "doctor", ok: false, interrupted: true });
    expect(report.checks.map(({ id }: { id: string }) => id)).toEqual([
      "doctor-node",
      "doctor-contract",
      "doctor-generated",
    ]);
  }, 60_000);

  test(`ends watching: ${exits}`, async () => {
    const child = spawn(process.execPath, [bin, "generate", "--watch"], { cwd, stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (text: Buffer) => {
      if (text.toString().includes("watching")) child.kill(signal);
    });
    expect(await exitOf(child)).toBe(exits);
  }, 60_000);

  test(`ends a command at once, also while it computes: ${exits}`, async () => {
    const payload = `{ pattern: "^(a+)+$" }, examples: [{ payload: "${"a".repeat(60)}!" }]`;
    const channels = `channels: { a: { address: a, messages: { m: { payload: ${payload} } } } }`;
    await writeFile(join(cwd, "slow.yaml"), `asyncapi: 3.1.0\ninfo: { title: Slow, version: 1.0.0 }\n${channels}\n`);
    const child = spawn(process.execPath, [bin, "check", "slow.yaml"], { cwd, stdio: "ignore" });
    // Its example is judged for five seconds of the processor's time; what comes before takes less than two.
    await untilUsed(child, 2500);
    const startMs = performance.now();
    child.kill(signal);
    expect(await exitOf(child)).toBe(exits);
    expect(performance.now() - startMs).toBeLessThan(1500);
  }, 60_000);
});

/** Waits until the process has used so much of the processor's time, as Linux tells; elsewhere for as long by the clock. */
async function untilUsed({ pid }: ChildProcess, ms: number): Promise<void> {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return sleep(ms);
  const usedMs = () => {
    const [, afterName = ""] = readFileSync(file, "utf8").split(") ");
    const [user = 0, system = 0] = afterName.split(" ").slice(11, 13).map(Number);
    return (user + system) * 10;
  };
  while (usedMs() < ms) await sleep(20);
}

/** The exit code as a shell has it: of a process that a signal ended 128 and its number. */
const exitOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
