import { generate } from "@keyline/codegen";
import { type Contract, type Diagnostic, loadContract } from "@keyline/contract";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import { inDirectory } from "../paths.js";
import { counted } from "../report/counted.js";
import { diagnosticsText, summarize, summaryText } from "../report/diagnostics.js";

/** How `keyline check` was called. */
export interface CheckOptions {
  readonly file: string;
  readonly json: boolean;
  /** The command that comes next. */
  readonly generate: string;
}

/** Checks a contract: the rules, and whether code can be generated from it. */
export async function check({ file, json, generate: command }: CheckOptions, io: Io): Promise<number> {
  const { contract, diagnostics: loaded } = await loadContract(file, inDirectory(io.cwd));
  // Any scope will do: nothing is written.
  const generated = contract === null ? [] : generate(contract, { scope: "@check" }).diagnostics;
  const diagnostics = [...loaded, ...generated];
  const summary = summarize(diagnostics);
  if (json)
    io.out(
      `${JSON.stringify({ version: 1, command: "check", file, ok: summary.errors === 0, summary, diagnostics }, null, 2)}\n`,
    );
  else io.out(await text({ file, contract, diagnostics, command }, io));
  if (isUnreadable(file, diagnostics)) return exitCodes.couldNotRun;
  return summary.errors > 0 ? exitCodes.findings : exitCodes.clean;
}

/** Whether the contract itself could not be read. */
export const isUnreadable = (file: string, diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((one) => one.rule === "file-unreadable" && one.file === file);

interface Outcome {
  readonly file: string;
  readonly contract: Contract | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly command: string;
}

async function text({ file, contract, diagnostics, command }: Outcome, io: Io): Promise<string> {
  const summary = summarize(diagnostics);
  const findings = diagnostics.length === 0 ? "" : `${await diagnosticsText(diagnostics, io)}\n`;
  const size =
    contract === null
      ? ""
      : ` (${counted(contract.channels.length, "topic")}, ${counted(contract.domains.length, "ordering domain")})`;
  const worst = worstOf(diagnostics);
  const next = worst ? `Read more: keyline explain ${worst.rule}\n` : `Next: ${command}\n`;
  return `${findings}${file}${size}: ${summaryText(summary)}\n${next}`;
}

/** The first of the most severe. */
const worstOf = (diagnostics: readonly Diagnostic[]): Diagnostic | undefined =>
  (["error", "warning", "info"] as const)
    .map((severity) => diagnostics.find((one) => one.severity === severity))
    .find((one) => one !== undefined);
