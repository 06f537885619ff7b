import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Where the commands of this app begin. */
export const runner = fileURLToPath(new URL("../bin/run.js", import.meta.url));

/** What a command did. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface RunOptions {
  /** Interrupts it after so long. */
  readonly interruptAfterMs?: number;
  /** Set beside what this process has. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs a command of this app as `npm run` does. */
export function runCommand(
  args: readonly string[],
  { interruptAfterMs, environment = {} }: RunOptions = {},
): Promise<Outcome> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [runner, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => {
    written.stdout += text;
  });
  child.stderr.on("data", (text) => {
    written.stderr += text;
  });
  const timer = interruptAfterMs === undefined ? null : setTimeout(() => child.kill("SIGINT"), interruptAfterMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      if (timer) clearTimeout(timer);
      resolve({ exitCode, ...written });
    });
  });
}
