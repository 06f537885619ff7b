import type { LaneGroup, TopicPartition } from "../ports/transport.js";
import type { LaneMember } from "./assign-lanes.js";

/** The lanes that partitions belong to. */
export function lanesOf(groups: readonly LaneGroup[], partitions: readonly TopicPartition[]): LaneMember["previous"] {
  return groups.flatMap(({ name, topics }) => {
    const own = partitions.filter(({ topic }) => topics.includes(topic));
    return [...new Set(own.map(({ partition }) => partition))].map((lane) => ({ group: name, lane }));
  });
}
