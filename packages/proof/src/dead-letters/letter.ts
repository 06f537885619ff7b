import type { RecordPosition } from "@keyline/runtime";
import { headerNames, headerText, parseAfter, parsePosition, parseSettled, type Settled } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";

/**
 * The effect of replaying a letter. `once`: its projection has noted the refusal. `at-least-once`: a handler gets it.
 * `by-id`: the refusal is not noted, because an earlier version wrote the letter or the store did not accept the note;
 * a projection recognises the event by its id, among the latest of its key.
 */
export type ReplayKind = "once" | "at-least-once" | "by-id";

/** A record that says how a letter was settled, and when it was written (milliseconds since 1970). */
export interface Marker extends Settled {
  readonly timeMs: number;
}

/** A dead letter of Keyline, without its value. */
export interface Letter {
  /** Its position. */
  readonly at: RecordPosition;
  /** The position of the refused record. */
  readonly source: RecordPosition;
  readonly group: string;
  readonly code: string;
  readonly message: string;
  /** Bytes of the record's key; null if it has none, or it was left out. */
  readonly key: Uint8Array | null;
  readonly attempts: number | null;
  /**
   * When the first and the last attempt failed (milliseconds since 1970); the letter's own timestamp if it does not
   * say.
   */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly replay: ReplayKind;
  /** Why its value was left out (`too large`, `applied`, `not unpacked`); null if it is present. */
  readonly omitted: string | null;
  /** The size and hash of the value that was left out, as far as the letter has them. */
  readonly value: { readonly bytes: number | null; readonly sha256: string | null };
  /** Its causes. */
  readonly after: readonly RecordPosition[];
  /** The first of its markers; null for a letter that waits for an operator. */
  readonly settled: Marker | null;
  /** Its other markers, in the order of the log: another operator had read the letter before the first was written. */
  readonly settledAgain: readonly Marker[];
}

/** Reads a dead letter; null for a marker, and for a record that Keyline did not write. */
export function letterOf(record: ConsumerRecord): Letter | null {
  const text = (name: string) => headerText(record.headers, `keyline-error-${name}`);
  const source = parsePosition(`${text("topic")}/${text("partition")}@${text("offset")}`);
  const group = text("group");
  if (!source || group === null || isMarker(record)) return null;
  const { topic, partition, offset } = record;
  const omitted = /^omitted: (.*)$/.exec(text("value") ?? "")?.[1] ?? null;
  return {
    ...{ at: { topic, partition, offset }, source, group, key: record.key, omitted },
    code: text("code") ?? "unknown",
    message: text("message") ?? "",
    attempts: numberOf(text("attempts")),
    firstAtMs: timeOf(text("first-at")) ?? record.timestampMs,
    lastAtMs: timeOf(text("last-at")) ?? record.timestampMs,
    replay: replayOf(text("replay")),
    value: { bytes: numberOf(text("value-bytes")), sha256: text("value-sha256") },
    after: parseAfter(headerText(record.headers, headerNames.after)).entries,
    ...{ settled: null, settledAgain: [] },
  };
}

/** Whether the record is a marker of a settled letter: it is neither an event nor a letter. */
export const isMarker = ({ value, headers }: ConsumerRecord): boolean =>
  value === null && headerText(headers, headerNames.settled) !== null;

/** Reads a marker; null for any other record. */
export function markerOf(record: ConsumerRecord): Marker | null {
  const settled = isMarker(record) ? parseSettled(headerText(record.headers, headerNames.settled)) : null;
  return settled && { ...settled, timeMs: record.timestampMs };
}

/** The key as text; null without one. */
export const keyTextOf = ({ key }: Pick<Letter, "key">): string | null =>
  key === null ? null : Buffer.from(key).toString("utf8");

const replayOf = (text: string | null): ReplayKind => (text === "once" || text === "at-least-once" ? text : "by-id");

const numberOf = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;

function timeOf(text: string | null): number | null {
  const timeMs = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(timeMs) ? null : timeMs;
}
