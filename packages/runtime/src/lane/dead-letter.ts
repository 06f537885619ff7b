import { hash } from "node:crypto";
import { harmless } from "@keyline/json-schema";
import { headerText } from "../codec/headers.js";
import { isKeylineError, type KeylineError } from "../errors.js";
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
  /**
   * How its group takes it when it is sent again. `once`: its projection has noted that it refused the event. `at-least-once`: a
   * handler gets it. Absent where the refusal could not be noted, or there is nothing to send again.
   */
  readonly replay?: "once" | "at-least-once";
}

/** A dead letter as it is written; nothing orders it against others. */
export interface DeadLetterRequest extends TopicPartition, Omit<ProducerRecord, "timestampMs"> {
  readonly orderKey: null;
}

/** The name of a topic's dead-letter topic, which has the same partition count. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`;

/** What a record may cost beside its key, value and headers, with room to spare. */
const overheadBytes = 512;

/**
 * The record as it was, on the same partition of the dead-letter topic, with its history in headers; in a smaller form where
 * that does not fit a batch.
 */
export function deadLetterRequest(letter: DeadLetter, maxBatchBytes: number): DeadLetterRequest {
  const { record } = letter;
  let request: DeadLetterRequest = {
    topic: deadLetterTopic(record.topic),
    partition: record.partition,
    orderKey: null,
    key: record.key,
    value: record.value,
    headers: [
      ...record.headers.filter(([name]) => !isHistory(name)),
      ...historyOf(letter),
      ...(record.unread === undefined ? [] : [headerOf("value", "omitted: not unpacked")]),
    ],
  };
  while (bytesOf(request) > maxBatchBytes) {
    const smaller = smallerLetter(request);
    if (!smaller) break;
    request = smaller;
  }
  return request;
}

/**
 * The next smaller form of a letter: without the record's value and headers, which still lie at the position that it names,
 * and a header that says so; then without the key as well, and with the beginning of its message. Null for the smallest.
 */
export function smallerLetter<Letter extends Omit<DeadLetterRequest, "orderKey">>(letter: Letter): Letter | null {
  const { key, value, headers } = letter;
  const history = headers.filter(([name]) => isHistory(name));
  if (value !== null || history.length < headers.length) {
    const size = String(value?.byteLength ?? 0);
    const hashed = value === null ? [] : [headerOf("value-sha256", hash("sha256", value, "hex"))];
    const omitted = [headerOf("value", "omitted: too large"), headerOf("value-bytes", size), ...hashed];
    return { ...letter, value: null, headers: [...history, ...omitted] };
  }
  const message = headerText(history, "keyline-error-message") ?? "";
  if (key === null && message.length <= shortMessage) return null;
  const others = headers.filter(([name]) => name !== "keyline-error-message");
  return { ...letter, key: null, headers: [...others, headerOf("message", message.slice(0, shortMessage))] };
}

/** Characters of the message of the smallest letter. */
const shortMessage = 100;

/** Writes a letter, in a smaller form where its topic takes none of that size. */
export async function writeLetter<Letter extends Omit<DeadLetterRequest, "orderKey">>(
  letter: Letter,
  write: (letter: Letter) => Promise<unknown>,
): Promise<void> {
  for (let next = letter; ; ) {
    try {
      await write(next);
      return;
    } catch (caught) {
      const smaller = isTooLarge(caught) ? smallerLetter(next) : null;
      if (!smaller) throw caught;
      next = smaller;
    }
  }
}

/** Whether a broker or a batch takes no record of that size. */
export const isTooLarge = (caught: unknown): caught is KeylineError =>
  isKeylineError(caught) && caught.code === "record_too_large";

const isHistory = (name: string) => name.startsWith("keyline-error-");

const headerOf = (name: string, text: string) => [`keyline-error-${name}`, Buffer.from(text)] as const;

function bytesOf({ key, value, headers }: Pick<DeadLetterRequest, "key" | "value" | "headers">): number {
  const ofHeaders = headers.reduce((sum, [name, content]) => sum + Buffer.byteLength(name) + content.byteLength + 8, 0);
  return overheadBytes + (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + ofHeaders;
}

function historyOf({ record, error, groupId, attempts, firstAtMs, lastAtMs, replay }: DeadLetter): Headers {
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
    ...(replay && { replay }),
  };
  return Object.entries(history).map(([name, text]) => headerOf(name, text));
}
