import { generate } from "@keyline/codegen";
import type { Contract, Diagnostic, ReadFile } from "@keyline/contract";
import { command } from "../command/command.js";
import { flag } from "../command/parameters.js";
import { strictFlag } from "../command/shared.js";
import type { Io } from "../io.js";
import { generateText } from "../report/command.js";
import { diagnosticsText, isUnreadable, type Summary, summarize, summaryText } from "../report/diagnostics.js";
import { sizeText } from "../report/size.js";

/** Checks a contract: the rules, and whether code can be generated from it. */
export const check = command({
  name: "check",
  summary: "check a contract, and show each problem with its place and fix",
  needs: { contract: "argument" },
  parameters: {
    errorsOnly: flag("--errors-only", "print only errors; warnings and notes are counted"),
    notes: flag("--notes", "print notes in full, at the end"),
    strict: strictFlag,
  },
  json: "the problems as JSON",
  exits: { clean: "no errors", problems: "errors" },
  async run({ errorsOnly, notes, strict }, { file, readFile, load, perspective, io, project }) {
    const { contract, diagnostics: loaded } = await load({ strict });
    // Any scope will do: nothing is written.
    const generated = contract === null ? [] : generate(contract, { scope: "@check" }).diagnostics;
    const diagnostics = [...loaded, ...generated];
    const summary = summarize(diagnostics);
    const shown = errorsOnly ? diagnostics.filter(({ severity }) => severity === "error") : diagnostics;
    const next = generateText({ contract: file, perspective }, project);
    return {
      exit: isUnreadable(file, diagnostics) ? "couldNotRun" : summary.errors > 0 ? "problems" : "clean",
      text: await textOf({ file, contract, summary, shown, notes, next }, readFile, io),
      json: { file, ok: summary.errors === 0, summary, opaque: contract?.opaque.length ?? null, diagnostics },
    };
  },
});

interface Checked {
  readonly file: string;
  readonly contract: Contract | null;
  readonly summary: Summary;
  /** What is printed. */
  readonly shown: readonly Diagnostic[];
  readonly notes: boolean;
  /** The command that comes next. */
  readonly next: string;
}

async function textOf(checked: Checked, readFile: ReadFile, io: Io): Promise<string> {
  const { file, contract, summary, shown, notes, next } = checked;
  const problems = shown.length === 0 ? "" : `${await diagnosticsText(shown, readFile, io, { notes })}\n`;
  const size = contract === null ? "" : ` (${sizeText(contract)})`;
  const worst = worstOf(shown);
  const last = worst ? `Read more: keyline explain ${worst.rule}\n` : `Next: ${next}\n`;
  return `${problems}${file}${size}: ${summaryText(summary)}\n${last}`;
}

/** The first of the most severe; a note is not a problem. */
const worstOf = (diagnostics: readonly Diagnostic[]): Diagnostic | undefined =>
  (["error", "warning"] as const)
    .map((severity) => diagnostics.find((one) => one.severity === severity))
    .find((one) => one !== undefined);
