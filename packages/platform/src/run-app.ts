import { type Running, runUntilSignal, type SignalledProcess } from "@keyline/ops";
import { harmless } from "@keyline/runtime/tools";
import type { z } from "zod";
import { readSettings, type SettingsSchema, settingsHelp } from "./settings.js";

/** An app that was started. */
export interface RunningApp extends Running {
  /** Resolves once it is at work, e.g. its consumer has joined its group. Absent: it is as soon as it was started. */
  atWork?(): Promise<unknown>;
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
export interface AppProcess extends SignalledProcess {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: { write(text: string): unknown };
}

/**
 * Runs an app until it is done or the process is asked to end, then closes it. Resolves with the exit code: 0 when it was done or
 * terminated, 1 when it could not run or not close, 2 for wrong usage or settings, 130 when it was interrupted. What does not
 * close within its setting `SHUTDOWN_SECONDS` ends with the process, and a second signal ends it at once.
 */
export async function runApp<Schema extends SettingsSchema>(
  app: AppDefinition<Schema>,
  own: AppProcess = process,
): Promise<number> {
  const args = own.argv.slice(2);
  const complain = (text: string) => own.stderr.write(text);
  const help = `usage: ${app.name}\n\n${app.about}\n\nSettings, by environment variables:\n\n${settingsHelp(app.settings)}`;
  if (args.includes("--help")) {
    own.stdout.write(help);
    return 0;
  }
  const read = readSettings(app.settings, own.env);
  const problems = "problems" in read ? read.problems : args.map((arg) => `unknown argument ${arg}`);
  if ("problems" in read || problems.length > 0) {
    complain(`${app.name} cannot start: ${harmless(problems.join("; "))}\n\n${help}`);
    return 2;
  }
  const start = async (stopping: AbortSignal) => {
    const running = await app.start(read.settings, stopping);
    // What keeps it from its work ends its run, too, which tells it.
    const atWork = async () => {
      await running.atWork?.();
      if (!stopping.aborted) complain(`${app.name} is running\n`);
    };
    if (!stopping.aborted) void atWork().catch(() => undefined);
    return [running];
  };
  try {
    const signal = await runUntilSignal(start, { timeoutMs: shutdownSeconds(read.settings) * 1000, process: own });
    return signal === "SIGINT" ? 130 : 0;
  } catch (caught) {
    complain(`${app.name} stopped: ${harmless(caught instanceof Error ? caught.message : String(caught))}\n`);
    return 1;
  }
}

const shutdownSeconds = (settings: unknown): number =>
  (settings as { readonly SHUTDOWN_SECONDS?: number }).SHUTDOWN_SECONDS ?? Number.POSITIVE_INFINITY;
