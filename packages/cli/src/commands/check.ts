import { generate } from "@keyline/codegen";
import type { Contract, Diagnostic, ReadFile } from "@keyline/contract";
import { command } from "../command/command.js";
import type { Io } from "../io.js";
import { generateText } from "../report/command.js";
import { counted } from "../report/counted.js";
import { diagnosticsText, isUnreadable, summarize, summaryText } from "../report/diagnostics.js";

/** Checks a contract: the rules, and whether code can be generated from it. */
export const check = command({
  name: "check",
  summary: "check a contract, and show where and why it breaks a rule",
  needs: { contract: "argument" },
  parameters: {},
  json: "the problems as JSON",
  exits: { clean: "no errors", problems: "errors" },
  async run(_input, { file, readFile, load, perspective, io, project }) {
    const { contract, diagnostics: loaded } = await load();
    // Any scope will do: nothing is written.
    const generated = contract === null ? [] : generate(contract, { scope: "@check" }).diagnostics;
    const diagnostics = [...loaded, ...generated];
    const summary = summarize(diagnostics);
    const next = generateText({ contract: file, out: project.out, perspective }, project);
    return {
      exit: isUnreadable(file, diagnostics) ? "couldNotRun" : summary.errors > 0 ? "problems" : "clean",
      text: await textOf({ file, contract, diagnostics, next }, readFile, io),
      json: { file, ok: summary.errors === 0, summary, diagnostics },
    };
  },
});

interface Checked {
  readonly file: string;
  readonly contract: Contract | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The command that comes next. */
  readonly next: string;
}

async function textOf({ file, contract, diagnostics, next }: Checked, readFile: ReadFile, io: Io): Promise<string> {
  const problems = diagnostics.length === 0 ? "" : `${await diagnosticsText(diagnostics, readFile, io)}\n`;
  const size =
    contract === null
      ? ""
      : ` (${counted(contract.channels.length, "topic")}, ${counted(contract.domains.length, "ordering domain")})`;
  const worst = worstOf(diagnostics);
  const last = worst ? `Read more: keyline explain ${worst.rule}\n` : `Next: ${next}\n`;
  return `${problems}${file}${size}: ${summaryText(summarize(diagnostics))}\n${last}`;
}

/** The first of the most severe. */
const worstOf = (diagnostics: readonly Diagnostic[]): Diagnostic | undefined =>
  (["error", "warning", "info"] as const)
    .map((severity) => diagnostics.find((one) => one.severity === severity))
    .find((one) => one !== undefined);
