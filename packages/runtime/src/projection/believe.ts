import type { RecordPosition } from "../hooks.js";
import type { Arrival } from "../lane/arrival.js";
import { type AppliedEvent, appliedEvent } from "./applied-event.js";
import { numberOf } from "./known-events.js";
import type { LaneParts } from "./lane-parts.js";
import { claimFault } from "./sequence-claim.js";

/** Asks the broker where only that can tell whether the event's number, or one that its key knows, can be. */
export async function reachNumber(
  { rows, sequenceLimit }: LaneParts,
  key: string,
  { sequence, topic }: Arrival,
  arrivedAtMs: number,
  signal: AbortSignal,
): Promise<void> {
  const row = rows.get(key);
  if (!sequence || !row) return;
  const known = numberOf(row.meta, topic.address, sequence.projection);
  const number = Math.max(sequence.number, known);
  if (number > sequenceLimit.highest()) await sequenceLimit.reach(number, arrivedAtMs, signal);
}

/** The event as its key applies it, with its number only where that is believed. Throws for one that cannot be read. */
export function believedEvent({ sequenceLimit }: LaneParts, at: RecordPosition, item: Arrival): AppliedEvent {
  const event = appliedEvent(at, item);
  if (!event.sequence) return event;
  const highestSequence = sequenceLimit.highest();
  const disbelieved = claimFault(event.sequence, item.topic.topic, highestSequence);
  return disbelieved === null ? { ...event, highestSequence } : { ...event, sequence: null, disbelieved };
}
