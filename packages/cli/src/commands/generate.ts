import { dirname, join, resolve } from "node:path";
import { compareOutput, type FileResult, generateFromFile, type OutputDifference, writeOutput } from "@keyline/codegen";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { inDirectory } from "../paths.js";
import { diagnosticsText, summarize } from "../report/diagnostics.js";
import { isUnreadable } from "./check.js";
import { changes } from "./watch.js";

/** How `keyline generate` was called. */
export interface GenerateCommandOptions {
  readonly contract: string;
  readonly out: string;
  readonly scope: string | undefined;
  readonly check: boolean;
  readonly watch: boolean;
  /** The command that does what `check` finds undone. */
  readonly command: string;
}

/** Generates once; with `check` only compares; with `watch` goes on at every change until it is interrupted. */
export async function generateCommand(options: GenerateCommandOptions, io: Io): Promise<number> {
  const code = await generateOnce(options, io);
  if (!options.watch) return code;
  io.log(`watching ${dirname(options.contract)}: Ctrl-C ends it\n`);
  for await (const _ of changes(resolve(io.cwd, dirname(options.contract)), io.signal)) await generateOnce(options, io);
  return exitCodes.interrupted;
}

async function generateOnce(options: GenerateCommandOptions, io: Io): Promise<number> {
  const { contract, scope } = options;
  const result = await generateFromFile(contract, {
    ...inDirectory(io.cwd),
    ...(scope === undefined ? {} : { scope }),
  });
  if (result.diagnostics.length > 0) io.log(`${await diagnosticsText(result.diagnostics, io)}\n`);
  if (isUnreadable(contract, result.diagnostics)) return exitCodes.couldNotRun;
  if (summarize(result.diagnostics).errors > 0) return refuse(contract, io);
  return options.check ? compare(result, options, io) : write(result, options, io);
}

function refuse(contract: string, io: Io): number {
  io.log(`nothing was generated: ${contract} has errors\n`);
  return exitCodes.findings;
}

const places: Readonly<Record<OutputDifference["kind"], string>> = {
  changed: "differs",
  missing: "missing",
  stale: "stale",
};

async function compare(
  { files }: FileResult,
  { out, contract, command }: GenerateCommandOptions,
  io: Io,
): Promise<number> {
  const differences = await compareOutput(resolve(io.cwd, out), files);
  if (differences.length === 0) {
    io.out(`${out}: ${files.length} files are as ${contract} says\n`);
    return exitCodes.clean;
  }
  for (const { kind, path } of differences) io.out(`${places[kind].padEnd(7)}  ${join(out, path)}\n`);
  io.out(`${differences.length} of ${files.length} files are not as ${contract} says. Run: ${command}\n`);
  return exitCodes.findings;
}

const verbs: Readonly<Record<OutputDifference["kind"], string>> = {
  changed: "changed",
  missing: "added",
  stale: "removed",
};

async function write({ files, scope }: FileResult, { out }: GenerateCommandOptions, io: Io): Promise<number> {
  const changed = await writeOutput(resolve(io.cwd, out), files);
  for (const { kind, path } of changed) io.out(`${verbs[kind].padEnd(7)}  ${join(out, path)}\n`);
  io.out(`${scope}/{events,producer,consumer} in ${out}: ${files.length} files, ${changed.length} changed\n`);
  return exitCodes.clean;
}
