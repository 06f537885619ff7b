import { markerJson } from "../dead-letters/report.js";
import type { HistoryLine } from "./history.js";
import type { NotRead } from "./plan.js";
import type { NotTraced } from "./request.js";

/** What a trace found, and what it read. */
export interface TraceReport {
  readonly key: string;
  /** As it was typed. */
  readonly askedKey: string;
  readonly domain: string;
  /** The key's partition and the partition count; null where no topic exists. */
  readonly lane: { readonly partition: number; readonly of: number } | null;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly everywhere: boolean;
  readonly lines: readonly HistoryLine[];
  /** Number of older events that were found and are not shown. */
  readonly leftOut: number;
  readonly missing: readonly string[];
  readonly notRead: readonly NotRead[];
  readonly notTraced: readonly NotTraced[];
  readonly interrupted: boolean;
  /** False where it was interrupted before the cluster's topics were known. */
  readonly isPlanned: boolean;
  readonly read: { readonly partitions: number; readonly records: number; readonly ms: number };
}

/** Whether everything was read that was asked for; without a single topic nothing was. */
export const isWhole = ({ lane, notRead, interrupted }: TraceReport): boolean =>
  lane !== null && notRead.length === 0 && !interrupted;

/** Counts for the last line and for JSON. */
export function summaryOf({ lines }: TraceReport) {
  const count = (id: string) => lines.filter(({ marks }) => marks.some((mark) => mark.id === id)).length;
  return {
    events: lines.length,
    deadLettered: count("trace-dead-letter"),
    parked: count("trace-parked"),
    misplaced: count("wrong_partition"),
    problems: lines.flatMap(({ marks }) => marks.filter(({ isProblem }) => isProblem)).length,
  };
}

const iso = (timeMs: number | null) => (timeMs === null ? null : new Date(timeMs).toISOString());

/** The report as `--json` prints it; docs/commands/trace.md describes it. */
export function traceJson(report: TraceReport): object {
  const {
    key,
    domain,
    lane,
    sinceMs,
    untilMs,
    everywhere,
    lines,
    leftOut,
    missing,
    notRead,
    notTraced,
    interrupted,
    read,
  } = report;
  const missingTopics = report.isPlanned ? missing : null;
  return {
    ...{ key, domain, lane, everywhere },
    ...{ since: iso(sinceMs), until: iso(untilMs) },
    complete: isWhole(report),
    ...{ interrupted, notRead, notTraced, missingTopics, leftOut, read },
    summary: summaryOf(report),
    events: lines.map(lineJson),
  };
}

function lineJson({ event, cause, sinceLastMs, marks }: HistoryLine): object {
  const { timestampMs, parked, deadLetters, ...rest } = event;
  return {
    ...rest,
    time: iso(timestampMs),
    deadLetters: deadLetters.map((note) => ({
      ...note,
      settled: note.settled && markerJson(note.settled),
      settledAgain: note.settledAgain.map(markerJson),
    })),
    parked: parked.map(({ lastAtMs, ...note }) => ({ ...note, lastAt: iso(lastAtMs) })),
    ...{ cause, sinceLastMs, marks },
  };
}
