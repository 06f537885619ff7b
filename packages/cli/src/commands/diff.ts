import type { ContractSource } from "@keyline/contract/source";
import { command } from "../command/command.js";
import type { WithContract } from "../command/needs.js";
import { CommandError } from "../command/outcome.js";
import { choiceOption, invalid, mandatoryOption } from "../command/parameters.js";
import { findAgainst } from "../diff/against.js";
import { compareInTime } from "../diff/compare.js";
import { type Compared, changesGithub, changesJson, changesText } from "../diff/report.js";
import type { Io } from "../io.js";
import { conversionText } from "../report/conversion.js";
import { diagnosticsText } from "../report/diagnostics.js";

const against = (text: string): string =>
  text === "" || text.startsWith("-") ? invalid("Not a file, and not a git ref.") : text;

/** Compares a contract with another version of it, and says what the changes break. */
export const diff = command({
  name: "diff",
  summary: "show what changed in a contract, what that breaks, and how to change it safely",
  needs: { contract: "argument" },
  parameters: {
    against: mandatoryOption("--against <file | git ref>", "the version to compare with", against),
    format: choiceOption("--format <format>", "text, json or github (default: text)", ["text", "json", "github"]),
  },
  json: "the same as --format json",
  isJson: ({ format }) => format === "json",
  details:
    "Old events stay on their topics, and producers and consumers are not upgraded together: a change is judged for new readers of old events and for old readers of new events.",
  examples: ["keyline diff --against main", "keyline diff asyncapi.yaml --against release/asyncapi.yaml --format json"],
  exits: { clean: "nothing breaks", problems: "something breaks" },
  async run({ against, format }, { file, readFile, readerOf, perspective, io, isJson }) {
    if (isJson && format !== undefined && format !== "json")
      throw new CommandError("usage", `--json is --format json, and --format says ${format}: leave one of them out`);
    const source = await findAgainst(against, file, readerOf, io.cwd);
    const before = await load(source.path, { readFile: source.readFile, perspective }, source.prefix, io);
    const after = await load(file, { readFile, perspective }, "", io);
    if (before === null || after === null) throw new CommandError("couldNotRun");
    const comparison = await compareInTime(before, after);
    const compared: Compared = { file, against, source, readFile, comparison };
    return {
      exit: comparison.changes.some(({ verdict }) => verdict === "breaking") ? "problems" : "clean",
      text: format === "github" ? changesGithub(compared) : await changesText(compared, io),
      json: changesJson(compared),
    };
  },
});

/** A version of the contract; null, with the reasons on the log, where it cannot be read. */
async function load(
  path: string,
  options: WithContract["loadOptions"],
  prefix: string,
  io: Io,
): Promise<ContractSource | null> {
  const { loadContractSource } = await import("@keyline/contract/source");
  const { source, diagnostics, conversion } = await loadContractSource(path, options);
  if (conversion !== null) io.log(conversionText(`${prefix}${path}`, conversion));
  // Of a commit there is no source on the disk to show.
  const named = diagnostics.map((one) => ({ ...one, file: `${prefix}${one.file}` }));
  if (source === null) io.log(`${await diagnosticsText(named, options.readFile, io)}\nnothing was compared\n`);
  return source;
}
