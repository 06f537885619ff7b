import type { Diagnostic, ReadFile, Severity } from "@keyline/contract";
import { colorsOf, type Io } from "../io.js";
import { counted, countText } from "./counted.js";
import { type Folded, fold } from "./fold.js";
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

/** How diagnostics are shown. */
export interface Shown {
  /** Whether notes are written out, not only counted. */
  readonly notes?: boolean;
}

/**
 * Diagnostics as text, each with its fix and, of a file that may be read, its place in the source. What many places share is
 * said once. Notes come last.
 */
export async function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  readFile: ReadFile,
  io: Io,
  { notes = false }: Shown = {},
): Promise<string> {
  const isNote = ({ severity }: Diagnostic) => severity === "info";
  const problems = diagnostics.filter((one) => !isNote(one));
  const hints = diagnostics.filter(isNote);
  const sources = new Map<string, string>();
  for (const file of new Set(diagnostics.map((one) => one.file))) {
    sources.set(file, await readFile(file).catch(() => ""));
  }
  const parts = fold(notes ? [...problems, ...hints] : problems).map((one) => foldedText(one, sources, io));
  return [...parts, ...(notes || hints.length === 0 ? [] : [notesText(hints)])].join("\n");
}

/** `3 notes, not shown: app-missing (2), ref-siblings`. */
function notesText(notes: readonly Diagnostic[]): string {
  const rules = [...Map.groupBy(notes, ({ rule }) => rule)];
  const names = rules.map(([rule, { length }]) => (length === 1 ? rule : `${rule} (${countText(length)})`));
  return `${counted(notes.length, "note")}, not shown: ${printable(names.join(", "))}; keyline check --notes shows ${notes.length === 1 ? "it" : "them"}\n`;
}

/** Places that are listed of what many share. */
const mostPlaces = 8;

function foldedText({ first, others }: Folded, sources: ReadonlyMap<string, string>, io: Io): string {
  const text = diagnosticText(first, sources.get(first.file) ?? "", io);
  if (others.length === 0) return text;
  const places = others.slice(0, mostPlaces).map(({ file, line, column, message }) => {
    const says = message === first.message ? "" : `  ${message}`;
    return `    ${printable(`${file}:${line}:${column}${says}`)}`;
  });
  const left = others.length - places.length;
  const last = left === 0 ? [] : [`    and ${countText(left)} more: keyline check --json lists all`];
  return [`${text}  the same at ${counted(others.length, "other place")}:`, ...places, ...last, ""].join("\n");
}

function diagnosticText(diagnostic: Diagnostic, source: string, io: Io): string {
  const colors = colorsOf(io);
  const paint = { error: colors.red, warning: colors.yellow, info: colors.blue }[diagnostic.severity];
  const { file, line, column, severity, rule, message, fix, lines = [] } = diagnostic;
  const frame = source === "" ? "" : codeFrame(source, line, column);
  return [
    `${printable(`${file}:${line}:${column}`)} ${paint(severity)} ${colors.bold(rule)}  ${printable(message)}`,
    ...(frame === "" ? [] : frame.split("\n").map((text) => colors.dim(`  ${text}`))),
    ...(fix === null ? [] : [`  fix: ${printable(fix)}`]),
    ...lines.map((text) => `    ${printable(text)}`),
    "",
  ].join("\n");
}
