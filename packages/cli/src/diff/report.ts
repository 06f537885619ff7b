import type { ReadFile } from "@keyline/contract";
import type { Change, Comparison, Counterexample, Verdict } from "@keyline/contract-diff";
import { colorsOf, type Io } from "../io.js";
import { codeFrame, printable } from "../report/frame.js";
import type { Against } from "./against.js";

/** A comparison with what was compared. */
export interface Compared {
  readonly file: string;
  readonly against: string;
  readonly source: Against;
  /** Reads the files of the contract. */
  readonly readFile: ReadFile;
  readonly comparison: Comparison;
}

const verdicts: readonly Verdict[] = ["breaking", "compatible", "documentation"];

/** How many changes there are of each kind. */
export const summarizeChanges = (changes: readonly Change[]): Readonly<Record<Verdict, number>> => {
  const count = (verdict: Verdict) => changes.filter((change) => change.verdict === verdict).length;
  return { breaking: count("breaking"), compatible: count("compatible"), documentation: count("documentation") };
};

const summaryText = (changes: readonly Change[]): string => {
  const summary = summarizeChanges(changes);
  const parts = verdicts.flatMap((verdict) => (summary[verdict] > 0 ? [`${summary[verdict]} ${verdict}`] : []));
  return parts.join(", ") || "no changes";
};

/** The packages' steps and the version that the contract needs. */
const versionText = ({ steps, versions, goneNames }: Comparison): readonly string[] => {
  const { before, after, needed } = versions;
  const packages = Object.entries(steps).map(([name, step]) => `${name} ${step}`);
  const needs = needed === null || needed === before ? "" : `; info.version ${before} becomes ${needed}`;
  const says = needs !== "" && after !== before && after !== needed ? ` (the new contract says ${after})` : "";
  const gone =
    goneNames.length === 0 ? [] : [`Names that the events package no longer exports: ${goneNames.join(", ")}`];
  return [...gone, `Packages: ${packages.join(", ")}${needs}${says}`];
};

/** Longer values are cut where people read them; JSON has them whole. */
const maxShown = 1200;

const exampleText = ({ direction, message, part, value }: Counterexample): string => {
  const [who, reader] = direction === "new-readers" ? ["an old", "new"] : ["a new", "old"];
  const text = JSON.stringify(value);
  const shown = text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
  return `${who} ${part} of ${message} that ${reader} readers refuse: ${shown}`;
};

const list = (names: readonly string[], most: number): string =>
  names.length > most ? `${names.slice(0, most).join(", ")} and ${names.length - most} more` : names.join(", ");

const reachText = ({ topics, apps }: Change): string | null => {
  const who = apps.length === 0 ? "" : `; apps ${list(apps, 8)}`;
  return topics.length === 0 ? null : `reaches: ${list(topics, 6)}${who}`;
};

/** The lines below a change. */
const detailsOf = (change: Change, prefix: string): readonly string[] => {
  const { breaks, safely, isDecided, counterexample, before, position } = change;
  const isElsewhere =
    before !== null && (before.line !== position.line || before.file !== position.file || prefix === "");
  return [
    reachText(change),
    before !== null && isElsewhere ? `was at: ${prefix}${before.file}:${before.line}:${before.column}` : null,
    breaks === null ? null : `breaks: ${breaks}`,
    isDecided ? null : "neither a proof nor a counterexample was found: it counts as breaking",
    counterexample === null ? null : `example: ${exampleText(counterexample)}`,
    safely === null ? null : `safely: ${safely}`,
  ].flatMap((line) => (line === null ? [] : [printable(line)]));
};

/** Changes as text, each with its place; what breaks comes with its source. */
export async function changesText({ file, against, source, readFile, comparison }: Compared, io: Io): Promise<string> {
  const sources = new Map<string, string>();
  const { changes } = comparison;
  for (const name of new Set(changes.map(({ position }) => position.file)))
    sources.set(name, await readFile(name).catch(() => ""));
  const ranked = verdicts.flatMap((verdict) => changes.filter((change) => change.verdict === verdict));
  // What a rule is about is said once; below it are the places.
  const isFirst = (change: Change) =>
    ranked.find(({ rule, verdict }) => rule === change.rule && verdict === change.verdict) === change;
  const texts = ranked.map((change) => {
    const shown = isFirst(change) ? change : { ...change, breaks: null, safely: null };
    return changeText(shown, sources.get(change.position.file) ?? "", source.prefix, io);
  });
  const [first] = ranked;
  const next = first ? [`Read more: keyline explain ${first.rule}`] : [];
  const summary = `${printable(file)} against ${printable(against)}: ${summaryText(changes)}`;
  return [
    ...texts,
    summary,
    ...(first ? versionText(comparison) : versionText(comparison).slice(0, -1)),
    ...next,
    "",
  ].join("\n");
}

function changeText(change: Change, source: string, prefix: string, io: Io): string {
  const colors = colorsOf(io);
  const paint = { breaking: colors.red, compatible: colors.green, documentation: colors.blue }[change.verdict];
  const { file, line, column } = change.position;
  const isShown = change.verdict === "breaking" && source !== "";
  const frame = isShown ? codeFrame(source, line, column).split("\n") : [];
  return [
    `${printable(`${file}:${line}:${column}`)} ${paint(change.verdict)} ${colors.bold(change.rule)}  ${printable(change.message)}`,
    ...frame.map((text) => colors.dim(`  ${text}`)),
    ...detailsOf(change, prefix).map((text) => `  ${text}`),
    "",
  ].join("\n");
}

/** What `--json` prints of a comparison. */
export const changesJson = ({ file, against, comparison }: Compared) => {
  const summary = summarizeChanges(comparison.changes);
  const { changes, steps, versions, goneNames } = comparison;
  return {
    file,
    against,
    ok: summary.breaking === 0,
    summary,
    packages: steps,
    versions,
    goneNames,
    changes,
  };
};

const escapeData = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string) => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** Changes as annotations of a GitHub workflow. */
export function changesGithub({ file, against, source, comparison }: Compared): string {
  const lines = comparison.changes.map((change) => {
    const { position, rule, message, verdict } = change;
    const level = verdict === "breaking" ? "error" : "notice";
    const place = `file=${escapeProperty(position.file)},line=${position.line},col=${position.column}`;
    const text = [message, ...detailsOf(change, source.prefix)].join("\n");
    return `::${level} ${place},title=${escapeProperty(`${verdict} ${rule}`)}::${escapeData(text)}`;
  });
  return [
    ...lines,
    `${file} against ${against}: ${summaryText(comparison.changes)}`,
    ...versionText(comparison),
    "",
  ].join("\n");
}
