import { joinLists, type LogRange, type RecordPosition } from "@keyline/runtime";
import { durationText } from "../cluster/moment.js";
import type { TraceEvent } from "./event.js";
import { mergeEvents, placeName, positionText } from "./merge.js";

/** What an event came after. */
export interface Cause extends RecordPosition {
  /** How it is known: the producer's header, or only that both have one correlation id and this was stamped first. */
  readonly by: "keyline-after" | "correlation";
  /** False where the header names another key's record, as a producer does that does not remember the key. */
  readonly exact: boolean;
  readonly elapsedMs: number;
}

/** Ids of what is marked, each with whether it is a finding. Each has a page of its own. */
export const traceMarks = {
  "trace-dead-letter": true,
  "trace-parked": true,
  "trace-cause-missing": true,
  "trace-cause-expired": false,
  "trace-clock": false,
  "trace-wait": false,
  "trace-gap": false,
} as const;

/** Something that is worth a look. The id is one of {@link traceMarks}, or a code of the runtime's, which is a finding. */
export interface Mark {
  readonly id: string;
  readonly isFinding: boolean;
  readonly text: string;
}

/** One event in its place. */
export interface HistoryLine {
  readonly event: TraceEvent;
  readonly cause: Cause | null;
  /** How long after the line before; null for the first. */
  readonly sinceLastMs: number | null;
  readonly marks: readonly Mark[];
}

/** How a history is told. */
export interface HistoryOptions {
  /** What came later than this after its cause is marked. */
  readonly waitMs: number;
  /** A silence longer than this is marked. */
  readonly gapMs: number;
  /** Events that are remembered at most, to find causes among. */
  readonly limit: number;
}

/** A key's events in one line, told piece by piece. */
export interface History {
  /** Adds events, not known before, behind those that were added; `logs` are the ranges of the logs by {@link placeName}. */
  add(events: readonly TraceEvent[], logs: ReadonlyMap<string, LogRange>): readonly HistoryLine[];
}

interface Told {
  readonly event: TraceEvent;
  /** Its place in the line. */
  readonly at: number;
}

export function createHistory({ waitMs, gapMs, limit }: HistoryOptions): History {
  const told = new Map<string, Told[]>();
  const byCorrelation = new Map<string, Told>();
  let count = 0;
  let lastMs: number | null = null;

  /** The key's newest event at or below a position, among those before. */
  const atOrBelow = ({ topic, partition, offset }: RecordPosition) =>
    told.get(placeName({ topic, partition }))?.findLast(({ event }) => event.offset <= offset);

  const causeOf = (event: TraceEvent): Cause | null => {
    const found = event.after.flatMap((entry) => {
      const before = atOrBelow(entry);
      return before ? [{ before, exact: before.event.offset === entry.offset }] : [];
    });
    const same = found.filter(({ before }) => isSameFlow(before.event, event));
    const best = latest(same) ?? latest(found.filter(({ exact }) => exact)) ?? latest(found);
    if (best) return toCause(best.before.event, event, "keyline-after", best.exact);
    const first = event.correlationId === null ? undefined : byCorrelation.get(event.correlationId);
    return first && event.after.length === 0 ? toCause(first.event, event, "correlation", true) : null;
  };

  const remember = (event: TraceEvent) => {
    const one = { event, at: count };
    count += 1;
    const list = told.get(placeName(event)) ?? [];
    // A dead letter that comes after its event was told.
    if (list.findLast((known) => known.event.offset <= event.offset)?.event.offset === event.offset) return;
    list.push(one);
    if ((list.at(-2)?.event.offset ?? -1) > event.offset) list.sort((a, b) => a.event.offset - b.event.offset);
    if (list.length > 2 * limit) list.splice(0, list.length - limit);
    told.set(placeName(event), list);
    if (event.correlationId === null) return;
    byCorrelation.delete(event.correlationId);
    byCorrelation.set(event.correlationId, one);
    const [oldest] = byCorrelation.keys();
    if (byCorrelation.size > limit && oldest !== undefined) byCorrelation.delete(oldest);
  };

  return {
    add(events, logs) {
      const joined = joinLists(mergeEvents(events), ({ timestampMs }) => timestampMs);
      return joined.map((event) => {
        const cause = causeOf(event);
        const sinceLastMs = lastMs === null ? null : event.timestampMs - lastMs;
        const marks = [
          ...(sinceLastMs !== null && sinceLastMs > gapMs ? [mark("trace-gap", durationText(sinceLastMs))] : []),
          ...timeMarks(cause, waitMs),
          ...causeMarks(event, logs),
          ...stateMarks(event),
        ];
        remember(event);
        lastMs = Math.max(lastMs ?? event.timestampMs, event.timestampMs);
        return { event, cause, sinceLastMs, marks };
      });
    },
  };
}

const isSameFlow = (one: TraceEvent, other: TraceEvent) =>
  one.correlationId !== null && one.correlationId === other.correlationId;

const latest = <Found extends { readonly before: Told }>(found: readonly Found[]): Found | undefined =>
  found.reduce<Found | undefined>((best, one) => (best && best.before.at > one.before.at ? best : one), undefined);

function toCause(before: TraceEvent, event: TraceEvent, by: Cause["by"], exact: boolean): Cause {
  const { topic, partition, offset } = before;
  return { topic, partition, offset, by, exact, elapsedMs: event.timestampMs - before.timestampMs };
}

const mark = (id: keyof typeof traceMarks, text: string): Mark => ({ id, isFinding: traceMarks[id], text });

function timeMarks(cause: Cause | null, waitMs: number): readonly Mark[] {
  if (!cause) return [];
  if (cause.elapsedMs < 0) return [mark("trace-clock", `stamped ${durationText(-cause.elapsedMs)} before its cause`)];
  return cause.elapsedMs > waitMs ? [mark("trace-wait", `${durationText(cause.elapsedMs)} after its cause`)] : [];
}

/** Causes that the logs do not hold: never, or no longer. */
function causeMarks(event: TraceEvent, logs: ReadonlyMap<string, LogRange>): readonly Mark[] {
  const located = event.after.flatMap((entry) => {
    const log = logs.get(placeName(entry));
    return log ? [{ entry, log }] : [];
  });
  const missing = located.filter(({ entry, log }) => entry.offset >= log.end);
  // An earlier event of the same topic expires with every topic that is old enough.
  const expired = located.filter(({ entry, log }) => entry.offset < log.start && entry.topic !== event.topic);
  const names = expired.map(({ entry }) => positionText(entry)).join(", ");
  return [
    ...missing.map(({ entry, log }) =>
      mark("trace-cause-missing", `its cause ${positionText(entry)} is not in the log, which ends at ${log.end}`),
    ),
    ...(expired.length > 0 ? [mark("trace-cause-expired", `no longer in the log: ${names}`)] : []),
  ];
}

function stateMarks({ deadLetters, parked, faults }: TraceEvent): readonly Mark[] {
  return [
    ...faults.map(({ code, message }): Mark => ({ id: code, isFinding: true, text: message })),
    ...deadLetters.map(({ code, message, group, attempts, at }) => {
      const who = group === null ? "" : ` of ${group}`;
      const tries = attempts === null ? "" : `, ${attempts} attempts`;
      return mark(
        "trace-dead-letter",
        `dead letter${who}: ${code ?? "unknown"}: ${message} (${positionText(at)}${tries})`,
      );
    }),
    ...parked.map(({ app, code, message }) =>
      mark("trace-parked", `parked by ${app}: ${code === null ? "waits behind another event" : `${code}: ${message}`}`),
    ),
  ];
}
