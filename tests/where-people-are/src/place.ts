import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "./tools.ts";

const exec = promisify(execFile);

/** What the service depends on: packages that run in production. */
const dependencies = [
  ...["json-schema", "kafka", "kafkajs", "ops", "postgres", "runtime"].map((name) => `@keyline/${name}`),
  ...["consumer", "events", "producer"].map((name) => `@student-events/${name}`),
];

/** The environment of a program that a person starts: without what npm and Vitest set for this one. */
export const environment = (): NodeJS.ProcessEnv => {
  const own = /^(npm_|INIT_CWD|NODE_OPTIONS|NODE_PATH|FORCE_COLOR|VITEST|KAFKA_|JEST)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  const path = [dirname(process.execPath), join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: "1" };
};

/** The packages as npm would publish them, by name. `npm test` has packed them already; otherwise they are packed now. */
export async function tarballs(): Promise<Readonly<Record<string, string>>> {
  const given = process.env.KEYLINE_TARBALLS;
  const folder = given ?? (await mkdtemp(join(tmpdir(), "keyline-packed-")));
  if (given === undefined)
    await exec("npm", ["run", "-s", "pack:all", "--", folder], { cwd: root, env: environment() });
  return JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as Record<string, string>;
}

/** The kinds of package that a service can be; each has its sources in a folder of that name. */
export const kinds = ["module", "commonjs"] as const;
export type Kind = (typeof kinds)[number];

/** A folder with the packed packages installed, and the service as a package of each kind. */
export async function createPlace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "keyline-where-"));
  const packed = await tarballs();
  const wanted = Object.fromEntries(dependencies.map((name) => [name, `file:${packed[name]}`]));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: wanted }));
  const args = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await exec("npm", args, { cwd: folder, env: environment() });
  for (const type of kinds) {
    await cp(join(import.meta.dirname, "../service"), join(folder, type), { recursive: true });
    await writeFile(join(folder, type, "package.json"), JSON.stringify({ type }));
  }
  return folder;
}
