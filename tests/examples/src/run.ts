import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

/** The repository that this package is part of. */
export const repository = join(import.meta.dirname, "../../..");

const exec = promisify(execFile);

/** This process's environment without its npm's and vitest's own settings, which both hand down; no cluster, no database. */
export function environment(folder: string): Readonly<Record<string, string | undefined>> {
  const own = /^(npm_|INIT_CWD|NODE_OPTIONS|NODE_ENV|VITEST|KAFKA_|DATABASE_URL|TEST$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name));
  const bins = [join(folder, "node_modules/.bin"), join(folder, "../node_modules/.bin"), dirname(process.execPath)];
  const path = [...bins, join(repository, "node_modules/.bin"), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(inherited), PATH: path, NEXT_TELEMETRY_DISABLED: "1" };
}

/** Runs a program in a folder, as its user would. Rejects with all that it printed where it fails. */
export async function run(cwd: string, program: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await exec(program, [...args], { cwd, env: environment(cwd), maxBuffer: 2 ** 26 });
    return stdout;
  } catch (caught) {
    const { stdout = "", stderr = "" } = caught as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed in ${cwd}\n${stdout}${stderr}`, { cause: caught });
  }
}
