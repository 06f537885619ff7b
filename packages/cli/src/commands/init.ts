import { basename, resolve } from "node:path";
import { command } from "../command/command.js";
import { CommandError } from "../command/outcome.js";
import { argument, flag, invalid, option } from "../command/parameters.js";
import { namesOf, scopeFrom } from "../init/names.js";
import { type ProjectNames, projectFiles } from "../init/template.js";
import { existing, writeNew } from "../init/write.js";
import type { Io } from "../io.js";

const scope = (text: string): string => scopeFrom(text) ?? invalid("Not a valid npm scope: pass one like @my-events.");

/** Writes a starting point for a contract. Overwrites nothing. */
export const init = command({
  name: "init",
  summary: "write a starting point for a contract of your own",
  parameters: {
    dir: argument("[dir]", "the new project's folder", "."),
    scope: option("--scope <@name>", "the generated packages' npm scope (default: from the folder's name)", scope),
    yes: flag("-y, --yes", "ask nothing"),
  },
  json: "what was written as JSON",
  details:
    "Writes a contract with two topics, the packages generated from it, a producer, a consumer, a projection and its test. All of it runs on a cluster in its own process, without Kafka. Asks for the scope only at a terminal. Overwrites nothing: where a file of the same name exists nothing is written; README.md and .gitignore are kept.",
  examples: ["keyline init my-events", "keyline init . --scope @shop --yes"],
  exits: { clean: "written", couldNotRun: "could not write" },
  async run({ dir, scope, yes }, { io }) {
    const folder = resolve(io.cwd, dir);
    const proposed = namesOf(basename(folder), scope);
    const names = scope !== undefined || yes || !io.ask ? proposed : await askScope(proposed, io.ask);
    const files = await projectFiles(names);
    const { kept, inTheWay } = await existing(folder, files);
    if (inTheWay.length > 0) throw new CommandError("couldNotRun", inTheWayText(inTheWay));
    const written = files.filter(({ path }) => !kept.includes(path));
    await writeNew(folder, written);
    const paths = written.map(({ path }) => path);
    return { exit: "clean", text: textOf(paths, kept, dir), json: { folder, ...names, files: paths, kept } };
  },
});

async function askScope(proposed: ProjectNames, ask: NonNullable<Io["ask"]>): Promise<ProjectNames> {
  const answer = (await ask(`npm scope of the generated packages [${proposed.scope}] `)).trim();
  if (answer === "") return proposed;
  const scope = scopeFrom(answer);
  if (scope === null)
    throw new CommandError("usage", `${JSON.stringify(answer)} is not a valid npm scope: give one like @my-events`);
  return { ...proposed, scope };
}

function inTheWayText(paths: readonly string[]): string {
  const shown = `${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ", …" : ""}`;
  return `${shown} already ${paths.length === 1 ? "exists" : "exist"}: nothing was written; name another folder`;
}

const notes: Readonly<Record<string, string>> = {
  "asyncapi.yaml": "the contract: start here",
  "src/main.ts": "runs the two below on one cluster",
  "src/producer.ts": "sends events of three orders",
  "src/consumer.ts": "receives them, each order in order",
  "src/balance.ts": "a projection: a state for each order",
  "test/balance.test.ts": "tests it without a broker",
};

function textOf(paths: readonly string[], kept: readonly string[], dir: string): string {
  const shown = paths.flatMap((path) => (notes[path] ? [`  ${path.padEnd(22)}${notes[path]}`] : []));
  const generated = `  ${"packages/".padEnd(22)}generated from the contract: events, producer, consumer`;
  const left = kept.length === 0 ? [] : [`kept as they are: ${kept.join(", ")}`];
  const enter = dir === "." ? "" : `cd ${/[^\w./-]/.test(dir) ? JSON.stringify(dir) : dir} && `;
  return [...shown, generated, ...left, "", `Next: ${enter}npm install && npm start`, ""].join("\n");
}
