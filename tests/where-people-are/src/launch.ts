import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Setting } from "../service/scenario.ts";
import { environment } from "./place.ts";

const exec = promisify(execFile);

interface RunOptions {
  readonly folder: string;
  readonly setting?: Setting;
}

/** Runs a program. Resolves to what it printed; rejects with that when it fails. */
export async function run(program: string, args: readonly string[], { folder, setting }: RunOptions): Promise<string> {
  const env = { ...environment(), ...(setting && { SETTING: JSON.stringify(setting) }) };
  try {
    const { stdout, stderr } = await exec(program, [...args], { cwd: folder, env });
    return stdout + stderr;
  } catch (caught) {
    const { stdout = "", stderr = "" } = caught as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed\n${stdout}${stderr}`, { cause: caught });
  }
}
