import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AppProcess, runApp } from "./run-app.js";

const settings = z.object({ COPIES: z.coerce.number().int().default(1).describe("how many") });

function processWith({ args = [], env = {} }: { args?: readonly string[]; env?: NodeJS.ProcessEnv } = {}) {
  const said = { out: "", err: "", exits: [] as number[] };
  const write = (to: "out" | "err") => (text: string) => {
    said[to] += text;
  };
  const process = Object.assign(new EventEmitter(), {
    argv: ["node", "main.js", ...args],
    env,
    stdout: { write: write("out") },
    stderr: { write: write("err") },
    exit: (code: number) => void said.exits.push(code),
  }) satisfies AppProcess;
  return { process, said };
}

function appThat(done: Promise<void> = new Promise(() => {})) {
  const seen = { started: [] as unknown[], closed: 0 };
  const close = async () => {
    seen.closed += 1;
  };
  const app = {
    name: "counter",
    about: "Counts.",
    settings,
    start: async (given: unknown) => {
      seen.started.push(given);
      return { run: () => done, close };
    },
  };
  return { app, seen };
}

describe("an app", () => {
  it("starts with its settings, and is closed when it is done", async () => {
    const { app, seen } = appThat(Promise.resolve());
    const { process } = processWith({ env: { COPIES: "3", HOME: "/" } });
    expect(await runApp(app, process)).toBe(0);
    expect(seen).toEqual({ started: [{ COPIES: 3 }], closed: 1 });
  });

  it("says that it is running once it is at work, and not before", async () => {
    const { app } = appThat();
    const { promise, resolve } = Promise.withResolvers<void>();
    const waits = { ...app, start: async () => ({ ...(await app.start({})), atWork: () => promise }) };
    const { process, said } = processWith();
    const ended = runApp(waits, process);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said.err).toBe("");
    resolve();
    await expect.poll(() => said.err).toBe("counter is running\n");
    process.emit("SIGTERM");
    expect(await ended).toBe(0);
  });

  it.each([
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const)("is closed on %s and exits with %i", async (signal, exitCode) => {
    const { app, seen } = appThat();
    const { process } = processWith();
    const ended = runApp(app, process);
    process.emit(signal);
    expect(await ended).toBe(exitCode);
    expect(seen.closed).toBe(1);
  });

  it.each([
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const)("that waits for something ends on %s with %i before it has started", async (signal, exitCode) => {
    const { app } = appThat();
    const start = (_: unknown, stopping: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        stopping.addEventListener("abort", () => reject(new Error("no database")));
      });
    const { process, said } = processWith();
    const ended = runApp({ ...app, start }, process);
    process.emit(signal);
    expect(await ended).toBe(exitCode);
    expect(said.err).toBe("");
  });

  it("explains itself without starting", async () => {
    const { app, seen } = appThat();
    const { process, said } = processWith({ args: ["--help"] });
    expect(await runApp(app, process)).toBe(0);
    expect(said.out).toContain("COPIES  how many");
    expect(seen.started).toEqual([]);
  });

  it.each([
    [{ env: { COPIES: "many" } }, "COPIES: "],
    [{ args: ["--fast"] }, "unknown argument --fast"],
  ])("does not start with wrong settings or arguments: %j", async (more, message) => {
    const { app, seen } = appThat();
    const { process, said } = processWith(more);
    expect(await runApp(app, process)).toBe(2);
    expect(said.err).toContain(message);
    expect(seen.started).toEqual([]);
  });

  it("exits with 1 when it does not close in time", async () => {
    const { app } = appThat();
    const hangs = {
      ...app,
      settings: z.object({ SHUTDOWN_SECONDS: z.number().default(0.01) }),
      start: async () => ({ close: () => new Promise<void>(() => {}) }),
    };
    const { process, said } = processWith();
    void runApp(hangs, process);
    process.emit("SIGTERM");
    await expect.poll(() => said.exits).toEqual([1]);
    expect(said.err).toContain("not closed within 10 ms");
  });

  it("is closed and exits with 1 when it cannot go on", async () => {
    const { app, seen } = appThat(Promise.reject(new Error("no broker")));
    const { process, said } = processWith();
    expect(await runApp(app, process)).toBe(1);
    expect(said.err).toContain("counter stopped: no broker");
    expect(seen.closed).toBe(1);
  });
});
