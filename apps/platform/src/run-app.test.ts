import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AppProcess, runApp } from "./run-app.js";

const settings = z.object({ COPIES: z.coerce.number().int().default(1).describe("how many") });

function processWith(more: Partial<AppProcess> = {}) {
  const said = { out: "", err: "" };
  const process: AppProcess = {
    args: [],
    environment: {},
    write: (text) => {
      said.out += text;
    },
    complain: (text) => {
      said.err += text;
    },
    stopped: new Promise(() => {}),
    ...more,
  };
  return { process, said };
}

function appThat(done?: Promise<void>) {
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
      return { ...(done ? { done } : {}), close };
    },
  };
  return { app, seen };
}

describe("an app", () => {
  it("starts with its settings, and is closed when it is done", async () => {
    const { app, seen } = appThat(Promise.resolve());
    const { process } = processWith({ environment: { COPIES: "3", HOME: "/" } });
    expect(await runApp(app, process)).toBe(0);
    expect(seen).toEqual({ started: [{ COPIES: 3 }], closed: 1 });
  });

  it.each([
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const)("is closed on %s and exits with %i", async (signal, exitCode) => {
    const { app, seen } = appThat();
    expect(await runApp(app, processWith({ stopped: Promise.resolve(signal) }).process)).toBe(exitCode);
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
    const { process, said } = processWith({ stopped: Promise.resolve(signal) });
    expect(await runApp({ ...app, start }, process)).toBe(exitCode);
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
    [{ environment: { COPIES: "many" } }, "COPIES: "],
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
    const { process, said } = processWith({ stopped: Promise.resolve("SIGTERM") });
    expect(await runApp(hangs, process)).toBe(1);
    expect(said.err).toContain("did not end within 0.01 s");
  });

  it("is closed and exits with 1 when it cannot go on", async () => {
    const { app, seen } = appThat(Promise.reject(new Error("no broker")));
    const { process, said } = processWith();
    expect(await runApp(app, process)).toBe(1);
    expect(said.err).toContain("counter stopped: no broker");
    expect(seen.closed).toBe(1);
  });
});
