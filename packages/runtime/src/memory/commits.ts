import type { StartPosition, TopicPartition } from "../ports/transport.js";
import { partitionName } from "./partition-name.js";

/** The offsets that a group committed. */
export interface Commits {
  set(position: StartPosition): void;
  get(partition: TopicPartition): number | null;
  /** Forgets those of a topic that was recreated. */
  forgetTopic(topic: string): void;
}

/** Invariant: has, of each partition, the offset that was set last, since its topic was last made. */
export function createCommits(): Commits {
  const offsets = new Map<string, number>();

  return {
    set: (position) => void offsets.set(partitionName(position), position.offset),
    get: (partition) => offsets.get(partitionName(partition)) ?? null,
    forgetTopic(topic) {
      for (const name of offsets.keys()) if (name.slice(0, name.lastIndexOf("/")) === topic) offsets.delete(name);
    },
  };
}
