import type { RecordPosition } from "@keyline/runtime";
import type { LoggedEvent } from "./read-log.js";

/** A classroom's event: one that has a number among its student's. */
export type NumberedEvent = LoggedEvent & { readonly number: number };

export function isNumbered(event: LoggedEvent): event is NumberedEvent {
  return event.number !== null;
}

/** Each student's events as the classroom meant them: by number, each once. */
export function asIntended(log: readonly LoggedEvent[]): readonly NumberedEvent[] {
  const byName = new Map<string, NumberedEvent>();
  for (const event of log.filter(isNumbered)) if (!byName.has(nameOf(event))) byName.set(nameOf(event), event);
  return [...byName.values()].sort((a, b) => a.value.student_id - b.value.student_id || a.number - b.number);
}

/** Events that come after one of the same student with a higher number. */
export function countOutOfOrder(events: readonly NumberedEvent[]): number {
  const highest = new Map<number, number>();
  let count = 0;
  for (const { number, value } of events) {
    const before = highest.get(value.student_id) ?? 0;
    if (number < before) count += 1;
    highest.set(value.student_id, Math.max(before, number));
  }
  return count;
}

/** Events that are there already, by student and number. */
export function countRepeated(events: readonly NumberedEvent[]): number {
  return events.length - new Set(events.map(nameOf)).size;
}

/** The classroom's events at these positions. */
export function eventsAt(log: readonly LoggedEvent[], positions: readonly RecordPosition[]): readonly NumberedEvent[] {
  const byPosition = new Map(log.filter(isNumbered).map((event) => [placeOf(event), event]));
  return positions.flatMap((position) => byPosition.get(placeOf(position)) ?? []);
}

const nameOf = ({ value, number }: NumberedEvent) => `${value.student_id}#${number}`;
const placeOf = ({ topic, partition, offset }: RecordPosition) => `${topic}/${partition}@${offset}`;
