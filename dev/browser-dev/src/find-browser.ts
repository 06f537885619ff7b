import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { npmBrowser } from "./npm-browser.ts";
import type { Program } from "./program.ts";

const run = promisify(execFile);

/** What Debian and others call it. */
const installed = ["chromium", "chromium-browser", "google-chrome"];

/**
 * The browser of the tests: the one that CHROMIUM names, else the machine's own, else the one from npm. Resolves to null where
 * none of them starts.
 */
export async function findBrowser(): Promise<Program | null> {
  const named = process.env.CHROMIUM;
  if (named) return (await starts({ executablePath: named })) ? { executablePath: named } : null;
  for (const executablePath of installed) {
    const path = await pathOf(executablePath);
    if (path !== null && (await starts({ executablePath: path }))) return { executablePath: path };
  }
  const program = await npmBrowser();
  return program && (await starts(program)) ? program : null;
}

/** Where the shell finds a command. */
async function pathOf(command: string): Promise<string | null> {
  return run("sh", ["-c", 'command -v "$1"', "sh", command]).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

/** Whether it can be started: a library that it lacks shows when it is asked for its version. */
async function starts({ executablePath, env }: Program): Promise<boolean> {
  return run(executablePath, ["--version"], { env: { ...process.env, ...env }, timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}
