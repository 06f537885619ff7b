import type { KeylineError } from "../errors.js";
import type { WriteRequest } from "../producer/writer.js";
import type { ConsumerRecord, Headers } from "../transport.js";

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

/** The dead-letter topic of a topic; it has the same partition count. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`;

/** The record as it was, on the same partition of the dead-letter topic, with its history in headers. */
export function deadLetterRequest(letter: DeadLetter): WriteRequest {
  const { record } = letter;
  return {
    topic: deadLetterTopic(record.topic),
    partition: record.partition,
    orderKey: null,
    key: record.key,
    value: record.value,
    headers: [...record.headers.filter(([name]) => !name.startsWith("keyline-error-")), ...historyOf(letter)],
  };
}

function historyOf({ record, error, groupId, attempts, firstAtMs, lastAtMs }: DeadLetter): Headers {
  const history: Record<string, string> = {
    code: error.code,
    message: error.rawMessage.slice(0, 2000),
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
