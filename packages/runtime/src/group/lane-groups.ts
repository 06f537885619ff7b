import type { ReadTopic } from "../lane/arrival.js";
import type { LaneGroup } from "../ports/transport.js";

/** Topics of one domain form a group; a topic without a domain is one by itself. */
export function laneGroups(topics: readonly ReadTopic[]): LaneGroup[] {
  const groups = new Map<string, string[]>();
  for (const { topic, address } of topics) {
    const name = topic.domain ? topic.domain.name : `topic:${address}`;
    groups.set(name, [...(groups.get(name) ?? []), address]);
  }
  return [...groups].map(([name, addresses]) => ({ name, topics: addresses }));
}
