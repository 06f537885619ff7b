import { spawn } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  const options = { cwd, env: { PATH: process.env.PATH, KAFKA_BROKERS: brokers } };
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
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(exits);
  }, 60_000);
});
