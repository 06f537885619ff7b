import { harmless } from "@keyline/json-schema";
import type { KeylineError } from "../errors.js";
import type { ConsumerRecord, Headers, ProducerRecord, TopicPartition } from "../ports/transport.js";

/** What a dead letter says of its way here. */
export interface DeadLetter {
  readonly record: ConsumerRecord;
  readonly error: KeylineError;
  readonly groupId: string;
  readonly attempts: number;
  /** When the first and the last attempt failed (milliseconds since 1970). */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** A dead letter as it is written; nothing orders it against others. */
export interface DeadLetterRequest extends TopicPartition, Omit<ProducerRecord, "timestampMs"> {
  readonly orderKey: null;
}

/** The dead-letter topic of a topic; it has the same partition count. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`;

/** What a record may cost beside its key, value and headers, with room to spare. */
const overheadBytes = 512;

/**
 * The record as it was, on the same partition of the dead-letter topic, with its history in headers. A record that does
 * not fit a batch together with its history goes without its value, and a header says so: it still lies at its place.
 */
export function deadLetterRequest(letter: DeadLetter, maxBatchBytes: number): DeadLetterRequest {
  const { record } = letter;
  const headers = [...record.headers.filter(([name]) => !name.startsWith("keyline-error-")), ...historyOf(letter)];
  const request = {
    topic: deadLetterTopic(record.topic),
    partition: record.partition,
    orderKey: null,
    key: record.key,
    value: record.value,
    headers,
  };
  if (bytesOf(request) <= maxBatchBytes) return request;
  const omitted = [...historyOf(letter), ["keyline-error-value", Buffer.from("omitted: too large")] as const];
  const withoutValue = { ...request, value: null, headers: omitted };
  return bytesOf(withoutValue) <= maxBatchBytes ? withoutValue : { ...withoutValue, key: null };
}

function bytesOf({ key, value, headers }: Pick<DeadLetterRequest, "key" | "value" | "headers">): number {
  const ofHeaders = headers.reduce((sum, [name, content]) => sum + Buffer.byteLength(name) + content.byteLength + 8, 0);
  return overheadBytes + (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + ofHeaders;
}

function historyOf({ record, error, groupId, attempts, firstAtMs, lastAtMs }: DeadLetter): Headers {
  const history: Record<string, string> = {
    code: error.code,
    // The error may be one of another version.
    message: harmless(error.rawMessage).slice(0, 2000),
    group: groupId,
    topic: record.topic,
    partition: String(record.partition),
    offset: String(record.offset),
    attempts: String(attempts),
    "first-at": new Date(firstAtMs).toISOString(),
    "last-at": new Date(lastAtMs).toISOString(),
  };
  return Object.entries(history).map(([name, value]) => [`keyline-error-${name}`, Buffer.from(value)] as const);
}
