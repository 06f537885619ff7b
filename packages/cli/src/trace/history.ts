import type { RecordPosition } from "@keyline/runtime";
import { joinLists } from "@keyline/runtime/tools";
import type { LogRange } from "@keyline/runtime/transport";
import { durationText } from "../cluster/moment.js";
import { counted } from "../report/counted.js";
import type { DeadLetterNote, TraceEvent } from "./event.js";
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
  "trace-cause-malformed": true,
  "trace-cause-elsewhere": true,
  "trace-duplicate": true,
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

/** The ranges of logs by {@link placeName}: null of a partition that does not exist, nothing where nobody tells. */
export type Logs = ReadonlyMap<string, LogRange | null>;

/** A key's events in one line, told piece by piece. */
export interface History {
  /** Adds events, not known before, behind those that were added; `logs` tells of the places of their causes. */
  add(events: readonly TraceEvent[], logs: Logs): readonly HistoryLine[];
}

interface Told {
  readonly event: TraceEvent;
  /** Its place in the line. */
  readonly at: number;
}

export function createHistory({ waitMs, gapMs, limit }: HistoryOptions): History {
  const told = new Map<string, Told[]>();
  const byCorrelation = new Map<string, Told>();
  const firstOfId = new Map<string, RecordPosition>();
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

  /** Whether an event of this id lies elsewhere too, among those before. */
  const duplicateMarks = (event: TraceEvent): readonly Mark[] => {
    if (event.eventId === null || !isAtItsPlace(event)) return [];
    const first = firstOfId.get(event.eventId);
    if (first) {
      const isSame = positionText(first) === positionText(event);
      return isSame ? [] : [mark("trace-duplicate", `has the id of ${positionText(first)}: ${event.eventId}`)];
    }
    const { topic, partition, offset } = event;
    firstOfId.set(event.eventId, { topic, partition, offset });
    forgetOldest(firstOfId, limit);
    return [];
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
    forgetOldest(byCorrelation, limit);
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
          ...duplicateMarks(event),
          ...stateMarks(event),
        ];
        remember(event);
        lastMs = Math.max(lastMs ?? event.timestampMs, event.timestampMs);
        return { event, cause, sinceLastMs, marks };
      });
    },
  };
}

function forgetOldest(map: Map<string, unknown>, limit: number): void {
  const [oldest] = map.keys();
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
}

/** Where a dead letter does not say where its event lay, it stands at its own place. */
const isAtItsPlace = ({ topic, deadLetters }: TraceEvent) => deadLetters.every(({ at }) => at.topic !== topic);

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

/** What is wrong with the causes that an event names: they are not there, no longer, or can be none. */
function causeMarks(event: TraceEvent, logs: Logs): readonly Mark[] {
  const located = event.after.map((entry) => ({ entry, log: logs.get(placeName(entry)) }));
  const missing = located.filter(({ entry, log }) => log === null || (log && entry.offset >= log.end));
  const there = located.filter((one) => !missing.includes(one));
  // An earlier event of the same topic expires with every topic that is old enough.
  const expired = there.filter(({ entry, log }) => log && entry.offset < log.start && entry.topic !== event.topic);
  const names = (some: typeof located) => some.map(({ entry }) => positionText(entry)).join(", ");
  const marks = (id: keyof typeof traceMarks, text: string, some: typeof located) =>
    some.length === 0 ? [] : [mark(id, `${text} ${names(some)}`)];
  return [
    ...missing.map(({ entry, log }) =>
      mark(
        "trace-cause-missing",
        log
          ? `its cause ${positionText(entry)} is not in the log, which ends at ${log.end}`
          : `its cause ${positionText(entry)} is on a partition that does not exist`,
      ),
    ),
    ...malformedMarks(event, there),
    ...marks("trace-cause-expired", "no longer in the log:", expired),
    ...(isAtItsPlace(event)
      ? marks(
          "trace-cause-elsewhere",
          `on another partition than ${event.partition}, so consumers do not wait for it:`,
          there.filter(({ entry }) => entry.partition !== event.partition),
        )
      : []),
  ];
}

function malformedMarks(event: TraceEvent, there: readonly { readonly entry: RecordPosition }[]): readonly Mark[] {
  const { afterMalformed } = event;
  // Nothing comes after itself, nor after what came later.
  const impossible = there.filter(({ entry }) => placeName(entry) === placeName(event) && entry.offset >= event.offset);
  return [
    ...(afterMalformed > 0 ? [mark("trace-cause-malformed", malformedText(afterMalformed))] : []),
    ...impossible.map(({ entry }) =>
      mark("trace-cause-malformed", `keyline-after names ${positionText(entry)}, which is not before it`),
    ),
  ];
}

const malformedText = (count: number) =>
  count === 1 ? "1 entry of keyline-after is no position" : `${count} entries of keyline-after are no positions`;

function stateMarks({ deadLetters, parked, faults }: TraceEvent): readonly Mark[] {
  const same = Map.groupBy(deadLetters, ({ code, message }) => JSON.stringify([code, message]));
  return [
    ...faults.map(({ code, message }): Mark => ({ id: code, isFinding: true, text: message })),
    ...[...same.values()].map((notes) => mark("trace-dead-letter", deadLetterText(notes, faults))),
    ...parked.map(({ app, code, message }) =>
      mark("trace-parked", `parked by ${app}: ${code === null ? "waits behind another event" : `${code}: ${message}`}`),
    ),
  ];
}

/** `progress, struggle: handler_failed: no such module (code.executed.dlq/10@0, @1, 5 attempts)`: of one reason. */
function deadLetterText(notes: readonly DeadLetterNote[], faults: TraceEvent["faults"]): string {
  const [first] = notes;
  if (!first) return "";
  const { code, message } = first;
  const groups = [...new Set(notes.map(({ group }) => group ?? "unknown group"))].join(", ");
  const places = notes.map(({ at }, index) => {
    const before = notes[index - 1]?.at;
    return before && placeName(before) === placeName(at) ? `@${at.offset}` : positionText(at);
  });
  const attempts = new Set(notes.map((note) => note.attempts));
  const [tries] = attempts;
  const where = [...places, ...(attempts.size === 1 && tries ? [counted(tries, "attempt")] : [])].join(", ");
  // What was cut off cannot be compared.
  const isSaid = faults.some(
    (fault) => fault.code === code && (message.endsWith("…") || message.includes(fault.message)),
  );
  return `${groups}${isSaid ? "" : `: ${code ?? "unknown"}: ${message}`} (${where})`;
}
