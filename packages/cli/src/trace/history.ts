import type { Marker } from "@keyline/proof";
import type { RecordPosition } from "@keyline/runtime";
import { joinLists } from "@keyline/runtime/tools";
import { durationText } from "../cluster/moment.js";
import { counted } from "../report/counted.js";
import { reasonText } from "../report/reason.js";
import type { DeadLetterNote, TraceEvent } from "./event.js";
import { type Cause, createKnownEvents, type KnownEvents } from "./known-events.js";
import type { Logs } from "./logs.js";
import { mergeEvents, placeName, positionText } from "./merge.js";

/** The marks by id, each with whether it is a problem. Each id has a page of its own. */
export const traceMarks = {
  "trace-dead-letter": true,
  "trace-parked": true,
  "trace-cause-missing": true,
  "trace-cause-malformed": true,
  "trace-cause-elsewhere": true,
  "trace-duplicate-id": true,
  "trace-settled": false,
  "trace-redelivery": false,
  "trace-cause-expired": false,
  "trace-clock": false,
  "trace-wait": false,
  "trace-gap": false,
} as const;

/** A remark on an event. The id is one of {@link traceMarks}, or an error code of the runtime, which is a problem. */
export interface Mark {
  readonly id: string;
  readonly isProblem: boolean;
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

/** What a history marks, and how much it remembers. */
export interface HistoryOptions {
  /** An event later than this after its cause is marked. */
  readonly waitMs: number;
  /** A silence longer than this is marked. */
  readonly gapMs: number;
  /** Events that are remembered at most, to find causes among. */
  readonly limit: number;
}

/** A key's events in one line, piece by piece. */
export interface History {
  /** Adds events that are not yet known behind those that were added; `logs` has the logs of their causes. */
  add(events: readonly TraceEvent[], logs: Logs): readonly HistoryLine[];
}

/** Invariant: `known` has the events of all lines returned so far, and `lastMs` is their newest stamp. */
export function createHistory({ waitMs, gapMs, limit }: HistoryOptions): History {
  const known = createKnownEvents(limit);
  let lastMs: number | null = null;
  return {
    add(events, logs) {
      const joined = joinLists(mergeEvents(events), ({ timestampMs }) => timestampMs);
      return joined.map((event) => {
        const cause = known.causeOf(event);
        const sinceLastMs = lastMs === null ? null : event.timestampMs - lastMs;
        const marks = [
          ...(sinceLastMs !== null && sinceLastMs > gapMs ? [mark("trace-gap", durationText(sinceLastMs))] : []),
          ...timeMarks(cause, waitMs),
          ...causeMarks(event, logs),
          ...duplicateMarks(event, known),
          ...stateMarks(event),
        ];
        known.add(event);
        lastMs = Math.max(lastMs ?? event.timestampMs, event.timestampMs);
        return { event, cause, sinceLastMs, marks };
      });
    },
  };
}

/** Whether an event of this id lies elsewhere too, among those before. */
function duplicateMarks(event: TraceEvent, known: KnownEvents): readonly Mark[] {
  // A dead letter that was sent again has the id of its event.
  const first = isAtItsPlace(event) && event.redelivery === null ? known.firstOfId(event) : null;
  return first ? [mark("trace-duplicate-id", `has the id of ${positionText(first)}: ${event.eventId}`)] : [];
}

/** A dead letter without its event's position stands at its own. */
const isAtItsPlace = ({ topic, deadLetters }: TraceEvent) => deadLetters.every(({ at }) => at.topic !== topic);

const mark = (id: keyof typeof traceMarks, text: string): Mark => ({ id, isProblem: traceMarks[id], text });

function timeMarks(cause: Cause | null, waitMs: number): readonly Mark[] {
  if (!cause) return [];
  if (cause.elapsedMs < 0) return [mark("trace-clock", `stamped ${durationText(-cause.elapsedMs)} before its cause`)];
  return cause.elapsedMs > waitMs ? [mark("trace-wait", `${durationText(cause.elapsedMs)} after its cause`)] : [];
}

/** Problems of the causes that an event names: missing, expired, malformed or on another lane. */
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
  count === 1 ? "1 entry of keyline-after is not a position" : `${count} entries of keyline-after are not positions`;

function stateMarks(event: TraceEvent): readonly Mark[] {
  const { deadLetters, parked, faults, redelivery } = event;
  const waiting = deadLetters
    .filter(({ settled }) => settled === null)
    .map((note) => ({ ...note, message: reasonText(note.message, event) }));
  const same = Map.groupBy(waiting, ({ code, message }) => JSON.stringify([code, message]));
  return [
    ...(redelivery
      ? [mark("trace-redelivery", `sent again for ${redelivery.group}: ${positionText(redelivery.letter)}`)]
      : []),
    ...deadLetters.flatMap((note) =>
      note.settled === null ? [] : [note.settled, ...note.settledAgain].map((marker) => settledMark(note, marker)),
    ),
    ...faults.map(({ code, message }): Mark => ({ id: code, isProblem: true, text: message })),
    ...[...same.values()].map((notes) => mark("trace-dead-letter", deadLetterText(notes, faults))),
    ...parked.map(({ app, code, message }) =>
      mark(
        "trace-parked",
        `parked by ${app}: ${code === null ? "waits behind another event" : `${code}: ${reasonText(message ?? "", event)}`}`,
      ),
    ),
  ];
}

const settledMark = ({ group, at, code }: DeadLetterNote, { as, by }: Marker): Mark =>
  mark(
    "trace-settled",
    `${as} by ${by || "unknown"}: ${group ?? "unknown group"}: ${code ?? "unknown"} (${positionText(at)})`,
  );

/** `progress, struggle: handler_failed: no such module (code.executed.dlq/10@0, @1, 5 attempts)`, for one reason. */
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
