import type { WriteRequest } from "../producer/write-request.js";
import { storedFormat } from "../stored-format.js";
import { base64, bytes } from "./stored-bytes.js";

/** A dead letter in the outbox: the record as it was, bytes as base64. */
export interface StoredLetter {
  readonly kind: "letter";
  /** The format in which it is written; 1 where it is not there. */
  readonly version?: number;
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A dead letter as the outbox stores it. */
export function storedLetter(request: WriteRequest): StoredLetter {
  return {
    kind: "letter",
    version: storedFormat,
    topic: request.topic,
    partition: request.partition,
    key: base64(request.key),
    value: base64(request.value),
    headers: request.headers.map(([name, value]) => [name, Buffer.from(value).toString("base64")]),
  };
}

/** The inverse of {@link storedLetter}. */
export function letterRequest(letter: StoredLetter): WriteRequest {
  return {
    topic: letter.topic,
    partition: letter.partition,
    orderKey: null,
    key: bytes(letter.key),
    value: bytes(letter.value),
    headers: letter.headers.map(([name, value]) => [name, Buffer.from(value, "base64")] as const),
  };
}
