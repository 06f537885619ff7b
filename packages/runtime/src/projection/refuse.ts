import type { KeylineError } from "../errors.js";
import { type Arrival, positionOf } from "../lane/arrival.js";
import { type DeadLetter, deadLetterRequest, smallerLetter } from "../lane/dead-letter.js";
import type { Work } from "../lane/work.js";
import type { Batch } from "./batch.js";
import type { LastFailure } from "./failures.js";
import type { KeyState } from "./key-state.js";
import type { LaneParts } from "./lane-parts.js";
import { noteRefused } from "./refused-events.js";
import { type StoredLetter, storedLetter } from "./stored-letter.js";

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
  const outgoing = isKnown ? [] : [notedLetter(lane, { record: work.item.record, ...failure })];
  const refused = isKnown ? null : failure.error;
  const forgotten = isKnown ? [] : noteRefused(meta, positionOf(work), work.item.redelivery);
  batch.entries.push({ key, work, ignored: isKnown ? "applied_offset" : null, outgoing, refused, forgotten });
  batch.changed.set(key, row);
}

/**
 * The event goes to the dead letters without its value, and nothing is written of its key: not even its refusal could be.
 * The lane's own row is written with it, so that a store which takes no rows at all refuses this as well. Where another owner
 * comes to the event again, so does the letter.
 */
export function refuseBare(
  lane: LaneParts,
  batch: Batch,
  work: Work<Arrival>,
  ofLane: KeyState,
  failure: LastFailure,
): void {
  const whole = requestOf(lane, { record: work.item.record, ...failure });
  const outgoing = [storedLetter(smallerLetter(whole) ?? whole)];
  batch.entries.push({ key: ofLane.key, work, ignored: null, outgoing, refused: failure.error });
  batch.changed.set(ofLane.key, ofLane);
}

/** A dead letter for the outbox, of an event whose refusal is noted in the same transaction. */
export function notedLetter(lane: LaneParts, letter: Omit<DeadLetter, "groupId" | "replay">): StoredLetter {
  return storedLetter(requestOf(lane, { ...letter, replay: "once" }));
}

function requestOf(
  { env }: LaneParts,
  { record, error, attempts, firstAtMs, lastAtMs, replay }: Omit<DeadLetter, "groupId">,
) {
  const whole = { record, error, groupId: env.groupId, attempts, firstAtMs, lastAtMs, ...(replay && { replay }) };
  return deadLetterRequest(whole, env.transport.maxBatchBytes);
}
