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
import { flag } from "../command/parameters.js";
import { strictFlag } from "../command/shared.js";
import { installText, missingDependencies, missingText } from "../generate/dependencies.js";
import { type CodePlace, codePlace, optionsOf, partsText, placeParameters } from "../generate/place.js";
import { fileChanges } from "../generate/watch.js";
import type { Io } from "../io.js";
import { generateText } from "../report/command.js";
import { diagnosticsText, isUnreadable, summarize } from "../report/diagnostics.js";
import { printable } from "../report/frame.js";
import { leftOutText } from "../report/size.js";

/** Generates once; with `--check` only compares; with `--watch` generates at every change until it is interrupted. */
export const generate = command({
  name: "generate",
  summary: "write a contract's events, producer and consumer, as packages or in one folder",
  needs: { contract: "option" },
  parameters: {
    ...placeParameters,
    check: flag("--check", "write nothing; exit 3 if files differ from what would be generated"),
    strict: strictFlag,
    allowRemoved: flag("--allow-removed", "allow removing functions of topics that are no longer in the contract"),
    watch: flag("--watch", "generate again at every change"),
  },
  exits: {
    clean: "generated, or nothing differs",
    problems: "the contract has errors, a function would be removed, or (--check) files differ",
  },
  async run(input, { file: contract, loadOptions, perspective, logConversion, io, project, say }) {
    const place = codePlace(input, contract, project);
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

interface Generation extends CodePlace {
  readonly loadOptions: WithContract["loadOptions"];
  readonly logConversion: WithContract["logConversion"];
  readonly isCheck: boolean;
  /** Whether a channel that cannot be generated is an error. */
  readonly strict: boolean;
  /** Whether functions that were generated before may go. */
  readonly allowRemoved: boolean;
  /** The command that brings the files up to date. */
  readonly again: string;
}

async function generateOnce(generation: Generation, io: Io): Promise<Outcome> {
  const { contract, loadOptions, isCheck, strict } = generation;
  const result = await generateFromFile(contract, { ...loadOptions, strict, ...optionsOf(generation) });
  generation.logConversion(result.conversion);
  if (result.diagnostics.length > 0) io.log(`${await diagnosticsText(result.diagnostics, loadOptions.readFile, io)}\n`);
  if (isUnreadable(contract, result.diagnostics)) return { exit: "couldNotRun" };
  if (summarize(result.diagnostics).errors > 0) {
    io.log(`nothing was generated: ${contract} has errors\n`);
    return { exit: "problems" };
  }
  const outcome = await (isCheck ? compare(result, generation, io) : write(result, generation, io));
  const missing = await missingDependencies(generation, io.cwd);
  if (missing.length > 0) io.log(`${missingText(missing, generation.out)}. Run: ${installText(missing)}\n`);
  return outcome;
}

/** A line for each file. */
const linesOf = (differences: readonly OutputDifference[], words: Words, out: string): string =>
  differences.map(({ kind, path }) => `${words[kind].padEnd(7)}  ${join(out, path)}\n`).join("");

type Words = Readonly<Record<OutputDifference["kind"], string>>;
const states: Words = { changed: "differs", missing: "missing", stale: "stale", foreign: "foreign" };
const actions: Words = { changed: "changed", missing: "added", stale: "removed", foreign: "foreign" };

/** The functions that would go, a line for each. */
const functionLines = (removed: readonly string[]): string =>
  removed.map((name) => `  producer.${printable(name)}\n`).join("");

async function compare(result: FileResult, { out, contract, again }: Generation, io: Io): Promise<Outcome> {
  const { files } = result;
  const folder = resolve(io.cwd, out);
  const differences = await compareOutput(folder, result);
  if (differences.length === 0)
    return { exit: "clean", text: `${out}: ${files.length} files are as ${contract} says\n` };
  const removed = removedFunctions(folder, result);
  const gone =
    removed.length > 0 ? `no longer given, and code that uses it would break\n${functionLines(removed)}` : "";
  const run = removed.length > 0 ? `${again} --allow-removed` : again;
  const isForeign = differences.some(({ kind }) => kind === "foreign");
  const move = isForeign ? `foreign files were not generated: move them out of ${out}\n` : "";
  const summary = `${differences.length} of ${files.length} files are not as ${contract} says. Run: ${run}\n`;
  return { exit: "problems", text: `${linesOf(differences, states, out)}${gone}${move}${summary}` };
}

async function write(result: FileResult, generation: Generation, io: Io): Promise<Outcome> {
  const { files, scope, contract: loaded } = result;
  const { out, contract, allowRemoved, again } = generation;
  const folder = resolve(io.cwd, out);
  const removed = allowRemoved ? [] : removedFunctions(folder, result);
  if (removed.length > 0) {
    io.log(
      `nothing was generated: ${contract} no longer gives what is in ${out}, and code that uses it would break\n${functionLines(removed)}`,
    );
    io.log(`To remove it, run: ${again} --allow-removed\n`);
    return { exit: "problems" };
  }
  const changed = await writeOutput(folder, result);
  const counts = [
    ...(loaded?.channels.length === 0 ? ["no topic"] : []),
    ...[`${files.length} files`, `${changed.length} changed`],
    ...(loaded ? leftOutText(loaded) : []),
  ];
  const summary = `${partsText(generation, scope)} in ${out}: ${counts.join(", ")}\n`;
  return { exit: "clean", text: `${linesOf(changed, actions, out)}${summary}` };
}
