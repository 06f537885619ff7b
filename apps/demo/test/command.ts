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
  /** Interrupts it as soon as it has printed this. */
  readonly interruptAt?: string;
  /** Set beside what this process has. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs a command of this app as `npm run` does. */
export function runCommand(
  args: readonly string[],
  { interruptAt, environment = {} }: RunOptions = {},
): Promise<Outcome> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [runner, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  const written = { stdout: "", stderr: "" };
  let isInterrupted = false;
  child.stdout.on("data", (text) => {
    written.stdout += text;
    if (isInterrupted || interruptAt === undefined || !written.stdout.includes(interruptAt)) return;
    isInterrupted = true;
    child.kill("SIGINT");
  });
  child.stderr.on("data", (text) => {
    written.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, ...written });
    });
  });
}
