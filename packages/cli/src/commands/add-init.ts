import { type Command, InvalidArgumentError } from "commander";
import { scopeFrom } from "../init/names.js";
import type { Io } from "../io.js";
import { init } from "./init.js";

const help = `
Writes a contract with two topics, the packages generated from it, a producer, a consumer, a projection and its test. All
of it runs on a cluster in its own process, without Kafka. Asks for the scope only at a terminal. Overwrites nothing: where
a file of the same name exists nothing is written, but for README.md and .gitignore, which are kept.

Examples:
  keyline init my-events
  keyline init . --scope @shop --yes

Exit codes: 0 written, 1 could not write, 2 usage, 130 interrupted.
`;

function parseScope(text: string): string {
  const scope = scopeFrom(text);
  if (scope === null) throw new InvalidArgumentError("It is no npm scope: pass one like @my-events.");
  return scope;
}

/** Adds `keyline init`. */
export function addInit(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command("init")
    .description("write a starting point for a contract of your own")
    .argument("[dir]", "the new project's folder", ".")
    .option("--scope <@name>", "the generated packages' npm scope (default: from the folder's name)", parseScope)
    .option("-y, --yes", "ask nothing", false)
    .option("--json", "what was written as JSON", false)
    .addHelpText("after", help)
    .action(async (dir: string, { scope, yes, json }: { scope?: string; yes: boolean; json: boolean }) =>
      done(await init({ dir, scope, yes, json }, io)),
    );
}
