import type { TopicPartition } from "../ports/transport.js";

/** A topic-partition as text, for messages and as the key of maps. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
