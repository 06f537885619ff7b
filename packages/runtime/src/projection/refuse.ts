import type { KeylineError } from "../errors.js";
import type { Arrival } from "../lane/arrival.js";
import { type DeadLetter, deadLetterRequest } from "../lane/dead-letter.js";
import type { Work } from "../lane/work.js";
import type { Batch } from "./batch.js";
import type { Failure } from "./failures.js";
import type { KeyState } from "./key-state.js";
import type { LaneParts } from "./lane-parts.js";
import { type StoredLetter, storedLetter } from "./stored-letter.js";

/** How often something was tried, and why no longer. */
export type LastFailure = Omit<Failure, "delayMs">;

/** What never was tried: it failed once, now. */
export function refusedNow({ env }: LaneParts, error: KeylineError): LastFailure {
  const atMs = env.clock();
  return { error, attempts: 0, firstAtMs: atMs, lastAtMs: atMs };
}

/** The event goes to the dead letters, in the transaction that counts it as applied. */
export function refuse(lane: LaneParts, batch: Batch, work: Work<Arrival>, row: KeyState, failure: LastFailure): void {
  const { key, meta } = row;
  const place = `${work.topic}/${work.partition}`;
  // Remembered like an applied event: what was given up stays given up, and is written once.
  const isKnown = (meta.applied[place] ?? -1) >= work.offset;
  if (!isKnown) meta.applied[place] = work.offset;
  const outgoing = isKnown ? [] : [letterOf(lane, { record: work.item.record, ...failure })];
  const refused = isKnown ? null : failure.error;
  batch.entries.push({ key, work, ignored: isKnown ? "applied_offset" : null, outgoing, refused });
  batch.changed.set(key, row);
}

/** A dead letter for the outbox. */
export function letterOf({ env }: LaneParts, letter: Omit<DeadLetter, "groupId">): StoredLetter {
  const { record, error, attempts, firstAtMs, lastAtMs } = letter;
  const whole = { record, error, groupId: env.groupId, attempts, firstAtMs, lastAtMs };
  return storedLetter(deadLetterRequest(whole, env.transport.maxBatchBytes));
}
