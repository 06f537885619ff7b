import { basename, resolve } from "node:path";
import { exitCodes } from "../exit-codes.js";
import { namesOf, scopeFrom } from "../init/names.js";
import { type ProjectNames, projectFiles } from "../init/template.js";
import { existing, writeNew } from "../init/write.js";
import type { Io } from "../io.js";

/** How `keyline init` was called. */
export interface InitOptions {
  /** The new project's folder; it is made where it does not exist. */
  readonly dir: string;
  /** The scope of the generated packages; else it is asked for at a terminal, else made from the folder's name. */
  readonly scope: string | undefined;
  /** Asks nothing. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** Writes a starting point for one's own contract. Overwrites nothing. */
export async function init(options: InitOptions, io: Io): Promise<number> {
  const folder = resolve(io.cwd, options.dir);
  const names = await chosen(namesOf(basename(folder), options.scope), options, io);
  if (names === null) return exitCodes.usage;
  const files = await projectFiles(names);
  const { kept, inTheWay } = await existing(folder, files);
  if (inTheWay.length > 0) {
    const shown = inTheWay.slice(0, 5).join(", ");
    io.log(
      `error: ${shown}${inTheWay.length > 5 ? ", …" : ""} exist already: nothing was written; name another folder\n`,
    );
    return exitCodes.couldNotRun;
  }
  const written = files.filter(({ path }) => !kept.includes(path));
  await writeNew(folder, written);
  const paths = written.map(({ path }) => path);
  if (options.json) {
    io.out(`${JSON.stringify({ version: 1, command: "init", folder, ...names, files: paths, kept }, null, 2)}\n`);
  } else io.out(text(paths, kept, options.dir));
  return exitCodes.clean;
}

async function chosen(proposed: ProjectNames, { scope, yes }: InitOptions, io: Io): Promise<ProjectNames | null> {
  if (scope !== undefined || yes || !io.ask) return proposed;
  const answer = (await io.ask(`npm scope of the generated packages [${proposed.scope}] `)).trim();
  if (answer === "") return proposed;
  const given = scopeFrom(answer);
  if (given === null) io.log(`error: ${JSON.stringify(answer)} is no npm scope: give one like @my-events\n`);
  return given === null ? null : { ...proposed, scope: given };
}

const notes: Readonly<Record<string, string>> = {
  "asyncapi.yaml": "the contract: start here",
  "src/main.ts": "runs the two below on one cluster",
  "src/producer.ts": "sends events of three orders",
  "src/consumer.ts": "receives them, each order in order",
  "src/balance.ts": "a projection: a state for each order",
  "test/balance.test.ts": "tests it without a broker",
};

function text(paths: readonly string[], kept: readonly string[], dir: string): string {
  const shown = paths.flatMap((path) => (notes[path] ? [`  ${path.padEnd(22)}${notes[path]}`] : []));
  const generated = `  ${"packages/".padEnd(22)}generated from the contract: events, producer, consumer`;
  const left = kept.length === 0 ? [] : [`kept as they are: ${kept.join(", ")}`];
  const enter = dir === "." ? "" : `cd ${/[^\w./-]/.test(dir) ? JSON.stringify(dir) : dir} && `;
  return [...shown, generated, ...left, "", `Next: ${enter}npm install && npm start`, ""].join("\n");
}
