import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** A process of the run. */
export interface Process {
  readonly name: string;
  readonly pid: number;
  /** Whether it has not ended. */
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts a program; what it prints goes to a file. It gets this process's PATH and the variables given, nothing else. */
export function startProcess(options: {
  readonly name: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}): Process {
  const { name, file, environment, logFile } = options;
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, ["--enable-source-maps", file], {
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  // Invariant: `running` is true until the process has ended, and never again.
  let running = true;
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      running = false;
      resolve(code ?? signal ?? 1);
    });
  });
  return {
    name,
    pid: child.pid ?? 0,
    isRunning: () => running,
    signal: (signal) => void child.kill(signal),
    ended,
  };
}
