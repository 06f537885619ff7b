import type { Diagnostic, LoadOptions } from "@keyline/contract";
import type { ContractSource } from "@keyline/contract/source";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Against, AgainstError, findAgainst } from "../diff/against.js";
import { type Compared, changesGithub, changesJson, changesText } from "../diff/report.js";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { inDirectory } from "../paths.js";
import { diagnosticsText } from "../report/diagnostics.js";

const formats = ["text", "json", "github"] as const;

/** How `keyline diff` was called. */
export interface DiffOptions {
  readonly file: string;
  /** A file, or a commit that git knows. */
  readonly against: string;
  readonly format: (typeof formats)[number];
}

/** Compares a contract with another version of it, and says what the changes break. */
export async function diff({ file, against, format }: DiffOptions, io: Io): Promise<number> {
  const source = await sourceOf(against, file, io);
  if (source === null) return exitCodes.couldNotRun;
  // Only this command compares: the others start without it.
  const { loadContractSource } = await import("@keyline/contract/source");
  const { compareContracts } = await import("@keyline/contract-diff");
  const load = async (path: string, options: LoadOptions, prefix: string): Promise<ContractSource | null> => {
    const loaded = await loadContractSource(path, options);
    if (loaded.source === null) io.log(await unreadText(loaded.diagnostics, prefix, io));
    return loaded.source;
  };
  const before = await load(source.path, source.options, source.prefix);
  const after = await load(file, inDirectory(io.cwd), "");
  if (before === null || after === null) return exitCodes.couldNotRun;
  const comparison = compareContracts(before, after);
  const compared: Compared = { file, against, source, comparison };
  if (format === "json") io.out(`${JSON.stringify(changesJson(compared), null, 2)}\n`);
  else io.out(format === "github" ? changesGithub(compared) : await changesText(compared, io));
  const isBreaking = comparison.changes.some(({ verdict }) => verdict === "breaking");
  return isBreaking ? exitCodes.findings : exitCodes.clean;
}

async function sourceOf(against: string, file: string, io: Io): Promise<Against | null> {
  try {
    return await findAgainst(against, file, io.cwd);
  } catch (caught) {
    if (!(caught instanceof AgainstError)) throw caught;
    io.log(`error: ${caught.message}\n`);
    return null;
  }
}

/** Why a version could not be read. Of a commit there is no source on the disk to show. */
async function unreadText(diagnostics: readonly Diagnostic[], prefix: string, io: Io): Promise<string> {
  const named = diagnostics.map((one) => ({ ...one, file: `${prefix}${one.file}` }));
  return `${await diagnosticsText(named, io)}\nnothing was compared\n`;
}

const help = `
Judges changes as events live: old events stay on their topics, producers and consumers are not upgraded together.

Examples:
  keyline diff --against main
  keyline diff asyncapi.yaml --against release/asyncapi.yaml --format json

Exit codes: 0 nothing breaks; 1 could not run; 2 usage; 3 something breaks; 130 interrupted.
`;

function parseAgainst(text: string): string {
  if (text === "" || text.startsWith("-")) throw new InvalidArgumentError("It is neither a file nor a git ref.");
  return text;
}

/** Adds `keyline diff`. */
export function addDiff(program: Command, io: Io, contract: string, done: (code: number) => void): void {
  type Given = { against: string; format?: DiffOptions["format"]; json: boolean };
  program
    .command("diff")
    .description("say what changed in a contract, what breaks and how to change it safely")
    .argument("[file]", "the AsyncAPI document", contract)
    .requiredOption("--against <file | git ref>", "the version to compare with", parseAgainst)
    .addOption(new Option("--format <format>", "how to print it (default: text)").choices(formats))
    .option("--json", "the same as --format json", false)
    .addHelpText("after", help)
    .action(async (file: string, { against, format, json }: Given) => {
      if (json && format !== undefined && format !== "json") {
        io.log(`error: --json is --format json, and --format says ${format}: leave one of them out\n`);
        return done(exitCodes.usage);
      }
      done(await diff({ file, against, format: json ? "json" : (format ?? "text") }, io));
    });
}
