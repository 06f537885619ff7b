import type { RecordPosition } from "@keyline/runtime";
import type { TraceEvent } from "./event.js";

export const placeName = ({ topic, partition }: Pick<RecordPosition, "topic" | "partition">): string =>
  `${topic}/${partition}`;

/** `topic/partition@offset`, as headers write it. */
export const positionText = (position: RecordPosition): string => `${placeName(position)}@${position.offset}`;

/**
 * One event for each position, in order of offset, by topic-partition: what was found of it on its log, among the dead
 * letters and in a store comes together.
 */
export function mergeEvents(events: readonly TraceEvent[]): readonly (readonly TraceEvent[])[] {
  const byPlace = Map.groupBy(events, placeName);
  return [...byPlace.values()].map((some) => {
    const merged = new Map<number, TraceEvent>();
    for (const event of some) {
      const known = merged.get(event.offset);
      merged.set(event.offset, known ? together(known, event) : event);
    }
    return [...merged.values()].sort((a, b) => a.offset - b.offset);
  });
}

/** Best known by its record, then as it was parked: that is the record too; a dead letter is a copy. */
const order: readonly TraceEvent["foundAs"][] = ["record", "parked", "dead-letter"];

function together(one: TraceEvent, other: TraceEvent): TraceEvent {
  const best = order.indexOf(one.foundAs) <= order.indexOf(other.foundAs) ? one : other;
  return {
    ...best,
    deadLetters: [...one.deadLetters, ...other.deadLetters],
    parked: [...one.parked, ...other.parked],
  };
}
