import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { type Running, runUntilSignal } from "../src/index.ts";

/** A process that a test signals. */
function testProcess() {
  const exits: number[] = [];
  const said: string[] = [];
  const own = Object.assign(new EventEmitter(), {
    exit: (code: number) => void exits.push(code),
    exitCode: undefined as number | undefined,
    stderr: { write: (text: string) => said.push(text) },
  });
  return { own, exits, said };
}

/** Something that runs until it is closed, and what else there is; `closed` has the order of closing. */
function service() {
  const closed: string[] = [];
  const limits: (number | undefined)[] = [];
  const part = (name: string): Running => ({
    async close({ timeoutMs } = {}) {
      closed.push(name);
      limits.push(timeoutMs);
    },
  });
  const runner = (name: string, run: () => Promise<void> = () => new Promise(() => {})) => ({ ...part(name), run });
  return { closed, limits, part, runner };
}

it.each([
  ["SIGTERM", undefined],
  ["SIGINT", 130],
] as const)("closes what runs first, then the others in their order, on %s", async (signal, exitCode) => {
  const { closed, limits, part, runner } = service();
  const { own, exits } = testProcess();
  const all = [part("server"), runner("consumer"), runner("projector"), part("transport")];
  const ended = runUntilSignal(all, { timeoutMs: 10_000, process: own });
  own.emit(signal);
  expect(await ended).toBe(signal);
  expect(closed).toEqual(["consumer", "projector", "server", "transport"]);
  // They leave time for the others.
  expect(limits).toEqual([8000, 8000, undefined, undefined]);
  expect([own.exitCode, exits]).toEqual([exitCode, []]);
  expect(own.listenerCount(signal)).toBe(0);
});

it("logs the signal, what could not be closed, and the end", async () => {
  const { own, said } = testProcess();
  const lines: string[] = [];
  const write = (level: string) => (text: string) => void lines.push(`${level} ${text.replace(/\d+ ms/, "… ms")}`);
  const logger = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const spans = { close: () => Promise.reject(new Error("no collector answers")) };
  const ended = runUntilSignal([service().runner("consumer"), spans], { process: own, logger });
  own.emit("SIGTERM");
  await expect(ended).rejects.toThrow("no collector answers");
  expect(lines).toEqual(["info SIGTERM: closing", "error cannot close: no collector answers", "info closed in … ms"]);
  const failing = { run: () => Promise.reject(new Error("the group is full")) };
  await expect(runUntilSignal([failing], { process: own, logger })).rejects.toThrow("the group is full");
  expect(lines.slice(3)).toEqual(["error cannot go on: the group is full: closing", "info closed in … ms"]);
  expect(said).toEqual([]);
});

it("passes nothing to the close of a server that takes a callback, as Fastify's does", async () => {
  const { own } = testProcess();
  const passed: unknown[][] = [];
  const server = { close: async (...args: unknown[]) => void passed.push(args) };
  const ended = runUntilSignal([server], { process: own });
  own.emit("SIGTERM");
  await ended;
  expect(passed).toEqual([[]]);
});

it("closes when all have ended by themselves, and when one cannot go on, which comes before what fails by it", async () => {
  const { closed, part, runner } = service();
  const { own } = testProcess();
  const done = runner("consumer", async () => undefined);
  expect(await runUntilSignal([done, part("transport")], { process: own })).toBe(null);
  const failing = runner("projector", () => Promise.reject(new Error("no broker")));
  const stuck = { close: () => Promise.reject(new Error("no broker either")) };
  await expect(runUntilSignal([failing, stuck, part("store")], { process: own })).rejects.toThrow(/^no broker$/);
  await expect(runUntilSignal([done, stuck], { process: own })).rejects.toThrow("no broker either");
  expect(closed).toEqual(["consumer", "transport", "projector", "store", "consumer"]);
});

it("ends with 1 where closing takes longer than it may", async () => {
  const { runner } = service();
  const { own, exits, said } = testProcess();
  const hangs = { ...runner("consumer"), close: () => new Promise<void>(() => {}) };
  void runUntilSignal([hangs], { timeoutMs: 5, process: own });
  own.emit("SIGTERM");
  await expect.poll(() => exits).toEqual([1]);
  expect(said).toEqual(["not closed within 5 ms: no data is lost, unfinished work is repeated by another copy\n"]);
});

it("hears a signal while the service opens, which need not wait any longer for what is not there", async () => {
  const { own } = testProcess();
  const opening = (stopping: AbortSignal) =>
    new Promise<never>((_, reject) => {
      stopping.addEventListener("abort", () => reject(new Error("no database")));
    });
  const ended = runUntilSignal(opening, { process: own });
  own.emit("SIGTERM");
  expect(await ended).toBe("SIGTERM");
  await expect(runUntilSignal(() => Promise.reject(new Error("no database")), { process: own })).rejects.toThrow(
    "no database",
  );
});

it("closes what was opened after the signal without running it", async () => {
  const { closed, runner } = service();
  const { own } = testProcess();
  let runs = 0;
  const run = async () => {
    runs += 1;
  };
  const { promise: opened, resolve } = Promise.withResolvers<readonly Running[]>();
  const ended = runUntilSignal(() => opened, { process: own });
  own.emit("SIGTERM");
  resolve([runner("consumer", run)]);
  expect([await ended, runs, closed]).toEqual(["SIGTERM", 0, ["consumer"]]);
});

const source = new URL("../src/shutdown/run-until-signal.ts", import.meta.url).href;

/** Runs the source as it is, in which files name each other as they are called once built. */
const program = (timeoutMs: number) => `
  import { registerHooks } from "node:module";
  const asSource = (name, { parentURL = "" }) => (parentURL.includes("/ops/src/") ? name.replace(/^(\\..*)\\.js$/, "$1.ts") : name);
  registerHooks({ resolve: (name, context, next) => next(asSource(name, context), context) });
  const { runUntilSignal } = await import(${JSON.stringify(source)});
  const hangs = {
    run: () => new Promise(() => { setInterval(() => {}, 1000); console.log("running"); }),
    close: () => new Promise(() => console.log("closing")),
  };
  await runUntilSignal([hangs], { timeoutMs: ${timeoutMs} });
`;

it.each([
  ["a second signal ends it at once", 60_000, 2, 143],
  ["what is not closed in time is left", 50, 1, 1],
] as const)("a process of its own: %s", async (_, timeoutMs, signals, exitCode) => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program(timeoutMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  for (let sent = 0; sent < signals; sent += 1) {
    await once(child.stdout, "data");
    child.kill("SIGTERM");
  }
  expect(await exited).toEqual([exitCode, null]);
});
