import { dirname, join, resolve } from "node:path";
import {
  compareOutput,
  type FileResult,
  generateFromFile,
  type OutputDifference,
  removedFunctions,
  writeOutput,
} from "@keyline/codegen";
import { command } from "../command/command.js";
import type { WithContract } from "../command/needs.js";
import type { Outcome } from "../command/outcome.js";
import { flag, option } from "../command/parameters.js";
import { folderOption, strictFlag } from "../command/shared.js";
import { scope } from "../command/values.js";
import { scopeFor } from "../config.js";
import { fileChanges } from "../generate/watch.js";
import type { Io } from "../io.js";
import { generateText } from "../report/command.js";
import { diagnosticsText, isUnreadable, summarize } from "../report/diagnostics.js";
import { printable } from "../report/frame.js";
import { leftOutText } from "../report/size.js";

/** Generates once; with `--check` only compares; with `--watch` generates at every change until it is interrupted. */
export const generate = command({
  name: "generate",
  summary: "write the packages events, producer and consumer",
  needs: { contract: "option" },
  parameters: {
    out: folderOption("the folder of the packages", ({ out }) => out),
    scope: option(
      "--scope <@name>",
      "the packages' npm scope (default: from package.json, else from the contract's title)",
      scope,
    ),
    check: flag("--check", "write nothing; exit 3 where files differ from what would be generated"),
    strict: strictFlag,
    allowRemoved: flag("--allow-removed", "remove functions that the contract no longer gives"),
    watch: flag("--watch", "generate again at every change"),
  },
  exits: {
    clean: "generated, or nothing differs",
    problems: "the contract has errors, a function would be removed, or (--check) files differ",
  },
  async run(input, { file: contract, loadOptions, perspective, logConversion, io, project, say }) {
    const place = { contract, out: input.out, scope: input.scope ?? scopeFor(contract, project) };
    const { check: isCheck, strict, allowRemoved } = input;
    const again = generateText({ ...place, scope: input.scope, perspective }, project);
    const once = () => generateOnce({ ...place, loadOptions, logConversion, isCheck, strict, allowRemoved, again }, io);
    if (!input.watch) return once();
    const print = async () => {
      const { text } = await once();
      if (text !== undefined) say(text);
    };
    await print();
    const folder = dirname(contract);
    io.log(`watching ${folder}: Ctrl-C ends it\n`);
    for await (const _ of fileChanges(resolve(io.cwd, folder), io.signal)) await print();
    return { exit: "interrupted" };
  },
});

interface Generation {
  readonly contract: string;
  readonly loadOptions: WithContract["loadOptions"];
  readonly logConversion: WithContract["logConversion"];
  readonly out: string;
  readonly scope: string | undefined;
  readonly isCheck: boolean;
  /** Whether a channel that cannot be generated is an error. */
  readonly strict: boolean;
  /** Whether functions that were generated before may go. */
  readonly allowRemoved: boolean;
  /** The command that brings the files up to date. */
  readonly again: string;
}

async function generateOnce(generation: Generation, io: Io): Promise<Outcome> {
  const { contract, loadOptions, scope, isCheck, strict } = generation;
  const options = scope === undefined ? {} : { scope };
  const result = await generateFromFile(contract, { ...loadOptions, strict, ...options });
  generation.logConversion(result.conversion);
  if (result.diagnostics.length > 0) io.log(`${await diagnosticsText(result.diagnostics, loadOptions.readFile, io)}\n`);
  if (isUnreadable(contract, result.diagnostics)) return { exit: "couldNotRun" };
  if (summarize(result.diagnostics).errors > 0) {
    io.log(`nothing was generated: ${contract} has errors\n`);
    return { exit: "problems" };
  }
  return isCheck ? compare(result, generation, io) : write(result, generation, io);
}

/** A line for each file. */
const linesOf = (differences: readonly OutputDifference[], words: Words, out: string): string =>
  differences.map(({ kind, path }) => `${words[kind].padEnd(7)}  ${join(out, path)}\n`).join("");

type Words = Readonly<Record<OutputDifference["kind"], string>>;
const states: Words = { changed: "differs", missing: "missing", stale: "stale" };
const actions: Words = { changed: "changed", missing: "added", stale: "removed" };

/** The functions that would go, a line for each. */
const functionLines = (removed: readonly string[]): string =>
  removed.map((name) => `  producer.${printable(name)}\n`).join("");

async function compare({ files }: FileResult, { out, contract, again }: Generation, io: Io): Promise<Outcome> {
  const folder = resolve(io.cwd, out);
  const differences = await compareOutput(folder, files);
  if (differences.length === 0)
    return { exit: "clean", text: `${out}: ${files.length} files are as ${contract} says\n` };
  const removed = removedFunctions(folder, files);
  const gone =
    removed.length > 0 ? `no longer given, and code that uses it would break\n${functionLines(removed)}` : "";
  const run = removed.length > 0 ? `${again} --allow-removed` : again;
  const summary = `${differences.length} of ${files.length} files are not as ${contract} says. Run: ${run}\n`;
  return { exit: "problems", text: `${linesOf(differences, states, out)}${gone}${summary}` };
}

async function write(
  { files, scope, contract: loaded }: FileResult,
  { out, contract, allowRemoved, again }: Generation,
  io: Io,
): Promise<Outcome> {
  const folder = resolve(io.cwd, out);
  const removed = allowRemoved ? [] : removedFunctions(folder, files);
  if (removed.length > 0) {
    io.log(
      `nothing was generated: ${contract} no longer gives what is in ${out}, and code that uses it would break\n${functionLines(removed)}`,
    );
    io.log(`To remove it, run: ${again} --allow-removed\n`);
    return { exit: "problems" };
  }
  const changed = await writeOutput(folder, files);
  const counts = [
    ...(loaded?.channels.length === 0 ? ["no topic"] : []),
    ...[`${files.length} files`, `${changed.length} changed`],
    ...(loaded ? leftOutText(loaded) : []),
  ];
  const summary = `${scope}/{events,producer,consumer} in ${out}: ${counts.join(", ")}\n`;
  return { exit: "clean", text: `${linesOf(changed, actions, out)}${summary}` };
}
