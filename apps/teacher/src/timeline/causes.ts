import type { LaneEvent } from "@keyline/runtime/tools";
import type { Place } from "../wire.js";

/** How far along each topic everything lies that an event comes after, itself included. */
type Clock = ReadonlyMap<string, number>;

/**
 * What each event came directly after, on other topics. Headers name all causes, also those of causes, and stand-ins for
 * what a producer does not remember. A stand-in means the student's latest event up to that place.
 * `events` are those of one key, none before its causes, as `readLane` gives them.
 */
export function directCauses(events: readonly LaneEvent[]): ReadonlyMap<LaneEvent, readonly Place[]> {
  const clocks = new Map<LaneEvent, Clock>();
  const read = new Map<string, LaneEvent[]>();
  const direct = new Map<LaneEvent, readonly Place[]>();

  const meant = ({ topic, partition, offset }: Place) =>
    read.get(topic)?.findLast((event) => event.partition === partition && event.offset <= offset);

  for (const event of events) {
    const own = read.get(event.topic) ?? [];
    const previous = own.at(-1);
    const causes = event.after.flatMap((place) => (place.topic === event.topic ? [] : (meant(place) ?? [])));
    const behind = [...causes, ...(previous ? [previous] : [])];
    const knows = (other: LaneEvent, cause: LaneEvent) => (clocks.get(other)?.get(cause.topic) ?? -1) >= cause.offset;
    const news = causes.filter((cause) => !behind.some((other) => other !== cause && knows(other, cause)));
    direct.set(
      event,
      news.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    );
    clocks.set(event, clockOf(event, behind, clocks));
    read.set(event.topic, [...own, event]);
  }
  return direct;
}

function clockOf(
  event: LaneEvent,
  behind: readonly LaneEvent[],
  clocks: ReadonlyMap<LaneEvent, Clock>,
): Map<string, number> {
  const clock = new Map<string, number>();
  for (const other of behind) {
    for (const [topic, offset] of clocks.get(other) ?? []) clock.set(topic, Math.max(offset, clock.get(topic) ?? -1));
  }
  return clock.set(event.topic, event.offset);
}
