import type { RecordPosition, TopicDescriptor } from "@keyline/runtime";
import { decodeRecord } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import {
  clip,
  clipped,
  type DeadLetterNote,
  type EventContext,
  headerOf,
  type TraceEvent,
  traceEvent,
} from "./event.js";

/** A record of a dead-letter topic as the event that it was, at the place where that lay. */
export function deadLetterEvent(record: ConsumerRecord, topic: TopicDescriptor, context: EventContext): TraceEvent {
  const place = originOf(record, topic) ?? record;
  const decoded = decodeRecord(record, topic);
  const failedAtMs = Date.parse(headerOf(record, "keyline-error-first-at") ?? "");
  // The letter's own stamp is when it was given up.
  const laterMs = Number.isNaN(failedAtMs) ? record.timestampMs : failedAtMs;
  return {
    ...traceEvent({ ...record, ...place }, topic, context),
    timestampMs: (decoded.kind === "event" ? decoded.timeMs : null) ?? laterMs,
    // The note has the fault: a letter without its value says nothing about the event's.
    faults: [],
    foundAs: "dead-letter",
    deadLetters: [noteOf(record)],
  };
}

function originOf(record: ConsumerRecord, topic: TopicDescriptor): RecordPosition | null {
  const partition = headerOf(record, "keyline-error-partition") ?? "";
  const offset = headerOf(record, "keyline-error-offset") ?? "";
  const isPlace = [partition, offset].every((text) => /^\d{1,15}$/.test(text));
  if (!isPlace || headerOf(record, "keyline-error-topic") !== topic.address) return null;
  return { topic: topic.address, partition: Number(partition), offset: Number(offset) };
}

function noteOf(record: ConsumerRecord): DeadLetterNote {
  const { topic, partition, offset } = record;
  const attempts = headerOf(record, "keyline-error-attempts") ?? "";
  return {
    code: clipped(headerOf(record, "keyline-error-code")),
    message: clip(headerOf(record, "keyline-error-message") ?? "another consumer's dead letter, which gives no reason"),
    group: clipped(headerOf(record, "keyline-error-group")),
    attempts: /^\d{1,9}$/.test(attempts) ? Number(attempts) : null,
    lastAt: clipped(headerOf(record, "keyline-error-last-at")),
    at: { topic, partition, offset },
    ...{ settled: null, settledAgain: [] },
  };
}
