import type { RecordPosition } from "../hooks.js";
import { type Arrival, positionOf } from "../lane/arrival.js";
import { type AppliedEvent, appliedEvent } from "./applied-event.js";
import type { KeyState } from "./key-state.js";
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
export function believedEvent(
  { env, sequenceLimit }: LaneParts,
  { key, meta }: KeyState,
  at: RecordPosition,
  item: Arrival,
): AppliedEvent {
  const event = { ...appliedEvent(at, item), highestSequence: sequenceLimit.highest() };
  if (!event.sequence) return event;
  const reason = claimFault(event.sequence, item.topic.topic, meta, event.highestSequence);
  if (reason === null) return event;
  env.hooks.sequenceIgnored?.({ ...positionOf(at), key, reason });
  return { ...event, sequence: null };
}
