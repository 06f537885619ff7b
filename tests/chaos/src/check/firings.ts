import type { RecordedEvent } from "@student-events/demo/verify";
import type { ForeignRecord } from "../log/foreign-log.js";
import type { History } from "./history.js";

/** Deadlines of a student that the wall clock fired, as the store kept it. */
export interface Firing {
  readonly student: number;
  /** Deadlines before this instant fired (milliseconds since 1970). */
  readonly beforeMs: number;
  /** The exercises whose deadlines they were. */
  readonly exercises: readonly number[];
  /** For each `topic/partition`, the offset below which all of the student's events had been applied. */
  readonly below: ReadonlyMap<string, number>;
}

/** What the struggle app did with a student, in order: events, and in between how far the clock had got. */
export type Step = RecordedEvent | { readonly clockMs: number };

/** Puts the firings of the clock among the events, each after the last event that lies below its positions. */
export function withFirings(events: readonly ForeignRecord[], firings: readonly Firing[]): readonly Step[] {
  const placed = firings
    .map((firing) => ({ firing, after: events.findLastIndex((record) => isBelow(firing, record)) }))
    .sort((a, b) => a.after - b.after || a.firing.beforeMs - b.firing.beforeMs);
  const clocks = Map.groupBy(placed, ({ after }) => after);
  const at = (index: number): readonly Step[] =>
    (clocks.get(index) ?? []).map(({ firing }) => ({ clockMs: firing.beforeMs }));
  return [...at(-1), ...events.flatMap((record, index) => [recordedOf(record), ...at(index)])];
}

/** As the oracle reads an event. */
export const recordedOf = ({ topic, event }: ForeignRecord): RecordedEvent => ({ topic, value: event });

/** Firings that overtook what was in the log: an event, or the completion of the very exercise. A sentence each. */
export function overtaken({ student, events }: History, firings: readonly Firing[]): readonly string[] {
  return firings.flatMap((firing) => {
    const cut = events.findIndex((record) => !isBelow(firing, record));
    const beyond = cut === -1 ? [] : events.slice(cut).filter((record) => isBelow(firing, record));
    const completed = events.filter(
      (record) =>
        record.topic === "exercise.completed" &&
        isBelow(firing, record) &&
        firing.exercises.includes(Number(record.event.payload.exercise_id)),
    );
    return [
      ...beyond.map(({ topic, offset }) => `student ${student}: applied ${topic}@${offset} before what caused it`),
      ...completed.map(({ offset }) => `student ${student}: stuck after the completion exercise.completed@${offset}`),
    ];
  });
}

const isBelow = (firing: Firing, { topic, partition, offset }: ForeignRecord): boolean =>
  offset < (firing.below.get(`${topic}/${partition}`) ?? 0);
