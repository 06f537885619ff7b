import { header } from "../codec/headers.js";
import { KeylineError } from "../errors.js";
import { placeOf } from "../lane/arrival.js";
import { deadLetterRequest, writeLetter } from "../lane/dead-letter.js";
import type { StoredEvent } from "../producer/stored-event.js";
import type { LaneEnvironment } from "./lane-environment.js";

/**
 * Writes the dead letter of the event that emitted what its topic does not take: that event was applied, and its output is
 * lost to the readers of that topic. The letter names it by its position, without its value.
 */
export async function writeEmittedLetter(
  { projection, groupId, hooks, clock, transport, core }: LaneEnvironment,
  { topic, message, id, key, sequence, causes }: StoredEvent,
  refusal: KeylineError,
): Promise<void> {
  // What emits has a cause: an event itself, a timer the event that set it.
  const cause = causes.at(-1) ?? { topic: projection.emits[topic]?.address ?? topic, partition: 0, offset: 0 };
  const what = `${topic}.${message} ${id ?? ""} (${sequence ?? "no sequence number"})`;
  const text = `${projection.name} cannot publish ${what}, which ${placeOf(cause)} emitted: ${refusal.rawMessage}`;
  const error = new KeylineError("record_too_large", text, { cause: refusal });
  const atMs = clock();
  const record = { ...cause, key: key === null ? null : Buffer.from(key), value: null, headers: [], timestampMs: atMs };
  const letter = { record, error, groupId, attempts: 0, firstAtMs: atMs, lastAtMs: atMs };
  const request = deadLetterRequest(letter, transport.maxBatchBytes);
  const headers = [...request.headers, header("keyline-error-value", "omitted: applied")];
  await writeLetter({ ...request, headers }, core.writer.write);
  hooks.deadLettered?.({ ...cause, key, error });
}
