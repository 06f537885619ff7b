import { type ErrorCode, KeylineError } from "../errors.js";
import type { ParkedRow } from "../ports/store.js";
import type { ConsumerRecord } from "../ports/transport.js";
import { storedFormat } from "../stored-format.js";
import type { LastFailure } from "./failures.js";
import { base64, bytes } from "./stored-bytes.js";

/** An event as it is parked: the record as it was, bytes as base64, and why it waits; plain JSON. */
export interface ParkedEvent {
  /** The format in which it is written; 1 where it is not there. */
  readonly version?: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly timestampMs: number;
  /** Why it failed; null for one that waits behind another of its key. */
  readonly failure: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly attempts: number;
    readonly firstAtMs: number;
    readonly lastAtMs: number;
  } | null;
}

/** What is stored of a record that is to be parked. */
export function parkedEvent(record: ConsumerRecord, failure: LastFailure | null): ParkedEvent {
  return {
    version: storedFormat,
    key: base64(record.key),
    value: base64(record.value),
    headers: record.headers.map(([name, value]) => [name, Buffer.from(value).toString("base64")] as const),
    timestampMs: record.timestampMs,
    failure: failure && {
      code: failure.error.code,
      message: failure.error.rawMessage,
      attempts: failure.attempts,
      firstAtMs: failure.firstAtMs,
      lastAtMs: failure.lastAtMs,
    },
  };
}

/** A parked event whose release failed: it says so from now on, also where it had waited behind another. */
export function parkedAgain(row: ParkedRow, error: KeylineError, nowMs: number): ParkedRow {
  const parked = row.record as ParkedEvent;
  const { code, rawMessage: message } = error;
  const { attempts, firstAtMs } = parked.failure ?? { attempts: 0, firstAtMs: nowMs };
  const failure = { code, message, attempts: attempts + 1, firstAtMs, lastAtMs: nowMs };
  return { ...row, record: { ...parked, failure } satisfies ParkedEvent };
}

/** The original record of a parked event. */
export function recordOf({ topic, partition, offset, record }: ParkedRow): ConsumerRecord {
  const { key, value, headers, timestampMs } = record as ParkedEvent;
  return {
    topic,
    partition,
    offset,
    key: bytes(key),
    value: bytes(value),
    headers: headers.map(([name, text]) => [name, Buffer.from(text, "base64")] as const),
    timestampMs,
  };
}

/** Why a parked event goes to the dead letters: its failure, or, for one that never failed, the person that skipped it. */
export function failureOf({ record }: ParkedRow, by: string, nowMs: number): LastFailure {
  const { failure } = record as ParkedEvent;
  if (!failure) {
    const error = new KeylineError("handler_failed", `skipped by ${by} while it was parked behind another event`);
    return { error, attempts: 0, firstAtMs: nowMs, lastAtMs: nowMs };
  }
  const { code, message, ...history } = failure;
  return { ...history, error: new KeylineError(code, `${message} (skipped by ${by})`) };
}
