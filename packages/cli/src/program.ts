import { isScope } from "@keyline/codegen";
import { Command, InvalidArgumentError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { check } from "./commands/check.js";
import { explain } from "./commands/explain.js";
import { generateCommand } from "./commands/generate.js";
import type { Config } from "./config.js";
import type { Io } from "./io.js";

const defaults = { contract: "asyncapi.yaml", out: "packages" };

const exitHelp = "\nExit codes: 0 clean, 1 could not run, 2 usage, 3 findings, 130 interrupted.\n";

function parseScope(text: string): string {
  if (!isScope(text)) throw new InvalidArgumentError("It is no npm scope: pass one like @my-events.");
  return text;
}

/** The scope that is configured belongs to the contract that is configured. */
function scopeFor(contract: string, config: Config): string | undefined {
  return contract === (config.contract ?? defaults.contract) ? config.scope : undefined;
}

/** The command's grammar. `done` is told the exit code of the command that ran. */
export function createProgram(io: Io, config: Config, done: (code: number) => void): Command {
  const program = new Command("keyline")
    .description("Typed event contracts for Kafka that keep a key's events in order.")
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.log,
      getOutHasColors: () => io.hasColor,
      getErrHasColors: () => io.hasColor,
    })
    .addHelpText(
      "after",
      `\nExamples:\n  keyline check\n  keyline generate --scope @my-events\n  keyline explain key-required\n${exitHelp}`,
    );
  program
    .command("check")
    .description("check a contract and say where and why it breaks a rule")
    .argument("[file]", "the AsyncAPI document", config.contract ?? defaults.contract)
    .option("--json", "findings as JSON", false)
    .action(async (file: string, { json }: { json: boolean }) => done(await check({ file, json }, io)));
  program
    .command("generate")
    .description("write the packages events, producer and consumer")
    .option("--contract <file>", "the AsyncAPI document", config.contract ?? defaults.contract)
    .option("--out <dir>", "the folder of the packages", config.out ?? defaults.out)
    .option(
      "--scope <@name>",
      "the packages' npm scope (default: from package.json, else from the contract's title)",
      parseScope,
    )
    .option("--check", "write nothing; exit 3 where files are not as generated", false)
    .option("--watch", "generate again at every change", false)
    .action(async (options: { contract: string; out: string; scope?: string; check: boolean; watch: boolean }) => {
      const scope = options.scope ?? scopeFor(options.contract, config);
      done(await generateCommand({ ...options, scope }, io));
    });
  program
    .command("explain")
    .description("print what a rule is about")
    .argument("<rule>", "the rule's id, e.g. key-required")
    .action(async (rule: string) => done(await explain(rule, io)));
  return program;
}
