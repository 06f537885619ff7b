import { type Marker, peek } from "@keyline/proof";
import type { ErrorCode, RecordPosition, TopicDescriptor } from "@keyline/runtime";
import {
  type DecodedEvent,
  type DecodeFailure,
  decodeRecord,
  headerNames,
  parseAfter,
  parseRedelivery,
} from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";

/** Why a consumer gave up an event. */
export interface DeadLetterNote {
  /** Null where the dead letter has no history of Keyline's. */
  readonly code: string | null;
  readonly message: string;
  readonly group: string | null;
  readonly attempts: number | null;
  readonly lastAt: string | null;
  /** Where the dead letter lies. */
  readonly at: RecordPosition;
  /** What was done about it; null as long as it waits. */
  readonly settled: Marker | null;
  /** What another operator did about it too, having read it before that. */
  readonly settledAgain: readonly Marker[];
}

/** An app in whose store an event waits. */
export interface ParkedNote {
  readonly app: string;
  /** Null for an event that waits behind another. */
  readonly code: string | null;
  readonly message: string | null;
  readonly lastAtMs: number | null;
}

/** One event of the key, as far as its history needs it: never more of a record than a few hundred bytes, but for its payload. */
export interface TraceEvent extends RecordPosition {
  /** When its producer stamped it (milliseconds since 1970). */
  readonly timestampMs: number;
  /** Null for a record that is not an event of its topic's contract. */
  readonly message: string | null;
  readonly eventId: string | null;
  readonly correlationId: string | null;
  /** The app that published it; null where the record does not say. */
  readonly source: string | null;
  /** The causes that its producer names, on this cluster's topics of the domain. */
  readonly after: readonly RecordPosition[];
  /** Number of entries of that header that are not positions. */
  readonly afterMalformed: number;
  /** What is wrong with it, by codes of the runtime. */
  readonly faults: readonly { readonly code: ErrorCode; readonly message: string }[];
  /** For which group it was sent again, and the dead letter that it was made of; null for any other event. */
  readonly redelivery: { readonly group: string; readonly letter: RecordPosition } | null;
  /** Where it was found: on its log; or, no longer or not in the part that was read, as a dead letter or parked. */
  readonly foundAs: "record" | "dead-letter" | "parked";
  readonly deadLetters: readonly DeadLetterNote[];
  readonly parked: readonly ParkedNote[];
  /** With `--show-payload` alone. */
  readonly payload?: { readonly value: unknown } | { readonly omittedBytes: number };
}

/** What turning records into events needs to know. */
export interface EventContext {
  readonly clusterId: string;
  /** Addresses of the domain's topics. */
  readonly domainTopics: ReadonlySet<string>;
  readonly showPayload: boolean;
}

/** Longest text that is kept of what a producer can write at will. */
const textLimit = 300;
/** Most causes that are kept; the SDK names one for each topic at most. */
const causeLimit = 64;
/** Largest value whose payload is kept. */
const payloadLimit = 64 * 1024;

/** A record as an event. Never throws. */
export function traceEvent(record: ConsumerRecord, topic: TopicDescriptor, context: EventContext): TraceEvent {
  const decoded = decodeRecord(record, topic);
  const isEvent = decoded.kind === "event";
  return {
    ...{ topic: record.topic, partition: record.partition, offset: record.offset, timestampMs: record.timestampMs },
    message: isEvent ? decoded.message.name : null,
    eventId: isEvent ? clipped(decoded.id) : null,
    correlationId: isEvent ? clipped(decoded.correlationId) : null,
    source: clipped(isEvent ? decoded.source : peek(record.value, record.headers, null).source),
    ...causesOf(record, context),
    faults: isEvent ? [] : [{ code: decoded.code, message: clip(decoded.message) }],
    redelivery: redeliveryOf(record),
    ...{ foundAs: "record", deadLetters: [], parked: [] },
    ...(context.showPayload ? { payload: payloadOf(record, decoded) } : {}),
  };
}

function redeliveryOf(record: ConsumerRecord): TraceEvent["redelivery"] {
  const redelivery = parseRedelivery(headerOf(record, headerNames.redelivery));
  if (redelivery?.source.topic !== record.topic) return null;
  return { group: clip(redelivery.group), letter: redelivery.letter };
}

/** The last value of a header, as text. */
export function headerOf({ headers }: Pick<ConsumerRecord, "headers">, name: string): string | null {
  const value = headers.findLast(([own]) => own === name)?.[1];
  return value === undefined ? null : Buffer.from(value).toString("utf8");
}

export const clip = (text: string): string => (text.length > textLimit ? `${text.slice(0, textLimit)}…` : text);

export const clipped = (text: string | null): string | null => (text === null ? null : clip(text));

/** Positions on another cluster (a mirror's source) mean nothing here. */
function causesOf(
  record: ConsumerRecord,
  { clusterId, domainTopics }: EventContext,
): Pick<TraceEvent, "after" | "afterMalformed"> {
  if ((headerOf(record, "keyline-cluster") ?? clusterId) !== clusterId) return { after: [], afterMalformed: 0 };
  const { entries, malformed } = parseAfter(headerOf(record, "keyline-after"));
  return {
    after: entries.filter(({ topic }) => domainTopics.has(topic)).slice(0, causeLimit),
    afterMalformed: malformed,
  };
}

function payloadOf({ value }: ConsumerRecord, decoded: DecodedEvent | DecodeFailure): TraceEvent["payload"] & object {
  if (value !== null && value.byteLength > payloadLimit) return { omittedBytes: value.byteLength };
  if (decoded.kind === "event") return { value: decoded.payload };
  return { value: value && Buffer.from(value).toString("utf8") };
}
