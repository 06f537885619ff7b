import type { Diagnostic, ReadFile, Severity } from "@keyline/contract";
import { colorsOf, type Io } from "../io.js";
import { counted } from "./counted.js";
import { codeFrame, printable } from "./frame.js";

/** How many diagnostics there are of each severity. */
export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

export function summarize(diagnostics: readonly Diagnostic[]): Summary {
  const count = (severity: Severity) => diagnostics.filter((one) => one.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), infos: count("info") };
}

/** Whether the contract itself could not be read. */
export const isUnreadable = (file: string, diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((one) => one.rule === "file-unreadable" && one.file === file);

/** `1 error, 2 warnings`; `no problems`. */
export function summaryText({ errors, warnings, infos }: Summary): string {
  const parts = [plural(errors, "error"), plural(warnings, "warning"), plural(infos, "note")];
  return parts.filter((part) => part !== null).join(", ") || "no problems";
}

const plural = (count: number, noun: string) => (count === 0 ? null : counted(count, noun));

/** Diagnostics as text, each with its fix and, of a file that may be read, its place in the source. */
export async function diagnosticsText(diagnostics: readonly Diagnostic[], readFile: ReadFile, io: Io): Promise<string> {
  const sources = new Map<string, string>();
  for (const file of new Set(diagnostics.map((one) => one.file))) {
    sources.set(file, await readFile(file).catch(() => ""));
  }
  return diagnostics.map((one) => diagnosticText(one, sources.get(one.file) ?? "", io)).join("\n");
}

function diagnosticText(diagnostic: Diagnostic, source: string, io: Io): string {
  const colors = colorsOf(io);
  const paint = { error: colors.red, warning: colors.yellow, info: colors.blue }[diagnostic.severity];
  const { file, line, column, severity, rule, message, fix } = diagnostic;
  const frame = source === "" ? "" : codeFrame(source, line, column);
  return [
    `${printable(`${file}:${line}:${column}`)} ${paint(severity)} ${colors.bold(rule)}  ${printable(message)}`,
    ...(frame === "" ? [] : frame.split("\n").map((text) => colors.dim(`  ${text}`))),
    ...(fix === null ? [] : [`  fix: ${printable(fix)}`]),
    "",
  ].join("\n");
}
