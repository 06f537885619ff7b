import type { DecodedEvent } from "../codec/decoded.js";
import type { RecordPosition } from "../hooks.js";
import type { Arrival, SequenceClaim } from "../lane/arrival.js";
import { outboxEnding } from "../producer/stored-event.js";
import { type AppliedEvent, appliedEvent } from "./applied-event.js";
import { numberOf } from "./known-events.js";
import type { LaneParts } from "./lane-parts.js";

/** Asks the broker where only that can tell whether the event's number, or one that its key knows, can be. */
export async function reachNumber(
  { rows, sequenceLimit }: LaneParts,
  key: string,
  { sequence, topic }: Arrival,
  arrivedAtMs: number,
  signal: AbortSignal,
): Promise<void> {
  const row = rows.get(key);
  if (!sequence || !row || isOfOutbox(sequence)) return;
  const known = numberOf(row.meta, topic.address, sequence.projection);
  await sequenceLimit.reach(Math.max(sequence.number, known), arrivedAtMs, signal);
}

/**
 * The event as its key applies it, with its number only where that can be: one that cannot would hide all that the topic's
 * senders write later.
 */
export function believedEvent(
  { sequenceLimit }: LaneParts,
  at: RecordPosition,
  item: Arrival,
  decoded: DecodedEvent,
): AppliedEvent {
  const event = appliedEvent(at, item, decoded);
  // An outbox numbers its rows, of whatever key and topic: what the logs hold says nothing about them.
  if (!event.sequence || isOfOutbox(event.sequence)) return event;
  const highestSequence = sequenceLimit.highest();
  if (event.sequence.number <= highestSequence) return { ...event, highestSequence };
  return { ...event, sequence: null, isBeyondLogs: true };
}

/** Whether the number is that of a row of an app's own outbox. */
const isOfOutbox = ({ projection: scope }: SequenceClaim): boolean => scope.endsWith(outboxEnding);
