import { harmless } from "@keyline/runtime/tools";
import type { z } from "zod";
import { readSettings, type SettingsSchema, settingsHelp } from "./settings.js";

/** An app at work. */
export interface RunningApp {
  /** Resolves when the app is done by itself, rejects when it cannot go on. Absent: it goes on until it is stopped. */
  readonly done?: Promise<void>;
  /** Finishes what is under way and lets go of everything. */
  close(): Promise<void>;
}

/** What an app is. */
export interface AppDefinition<Schema extends SettingsSchema> {
  readonly name: string;
  /** For `--help`: what it does, a sentence. */
  readonly about: string;
  readonly settings: Schema;
  /** `stopping` tells that the process is asked to end: what is not there yet is not waited for. */
  start(settings: z.infer<Schema>, stopping: AbortSignal): Promise<RunningApp>;
}

/** What a process gives to an app; tests pass their own. */
export interface AppProcess {
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Resolves with the signal that asks the process to end. */
  readonly stopped: Promise<Signal>;
}

/**
 * Runs an app until it is done or the process is asked to end, then closes it. Resolves with the exit code: 0 when it
 * was done or terminated, 1 when it could not run or not close within its setting `SHUTDOWN_SECONDS`, 2 for wrong usage or settings, 130 when it was interrupted.
 */
export async function runApp<Schema extends SettingsSchema>(
  app: AppDefinition<Schema>,
  process: AppProcess,
): Promise<number> {
  const help = `usage: ${app.name}\n\n${app.about}\n\nSettings, by environment variables:\n\n${settingsHelp(app.settings)}`;
  if (process.args.includes("--help")) {
    process.write(help);
    return 0;
  }
  const read = readSettings(app.settings, process.environment);
  const problems = "problems" in read ? read.problems : process.args.map((arg) => `unknown argument ${arg}`);
  if ("problems" in read || problems.length > 0) {
    process.complain(`${app.name} cannot start: ${harmless(problems.join("; "))}\n\n${help}`);
    return 2;
  }
  try {
    const running = await startUntil(app, read.settings, process.stopped);
    if (typeof running === "string") return exitCodeOf(running);
    process.complain(`${app.name} is running\n`);
    const signal = await Promise.race([process.stopped, running.done ?? new Promise<never>(() => {})]).finally(() =>
      closeInTime(running, shutdownSeconds(read.settings)),
    );
    return exitCodeOf(signal);
  } catch (caught) {
    process.complain(`${app.name} stopped: ${harmless(caught instanceof Error ? caught.message : String(caught))}\n`);
    return 1;
  }
}

type Signal = "SIGINT" | "SIGTERM";

const exitCodeOf = (signal: unknown) => (signal === "SIGINT" ? 130 : 0);

/** Starts an app; resolves to the signal where one came meanwhile and kept it from starting. */
async function startUntil<Schema extends SettingsSchema>(
  app: AppDefinition<Schema>,
  settings: z.infer<Schema>,
  stopped: Promise<Signal>,
): Promise<RunningApp | Signal> {
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort());
  try {
    return await app.start(settings, stopping.signal);
  } catch (caught) {
    if (stopping.signal.aborted) return stopped;
    throw caught;
  }
}

const shutdownSeconds = (settings: unknown): number =>
  (settings as { readonly SHUTDOWN_SECONDS?: number }).SHUTDOWN_SECONDS ?? Number.POSITIVE_INFINITY;

/** Closes an app, but does not wait for ever: it will be killed soon, and a copy that hangs on keeps its lanes. */
async function closeInTime(running: RunningApp, seconds: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(new Error(`what was under way did not end within ${seconds} s; nothing of it is lost, but done again`)),
    Math.min(seconds * 1000, 2 ** 31 - 1),
  );
  try {
    await Promise.race([running.close(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** This process. A second signal ends it at once. */
export function thisProcess(): AppProcess {
  const { promise: stopped, resolve } = Promise.withResolvers<Signal>();
  const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      resolve(signal);
      process.once(signal, () => process.exit(exitCodes[signal]));
    });
  }
  return {
    args: process.argv.slice(2),
    environment: process.env,
    write: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
    stopped,
  };
}
