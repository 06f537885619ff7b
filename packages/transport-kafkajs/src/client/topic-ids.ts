import type { TopicIds } from "../wire/fetch-by-id.js";
import type { KafkaCluster } from "./protocol.js";
import { topicMetadata } from "./topic-metadata.js";

/** The ids of those topics that exist; null where the broker is older than ids (Kafka 2.8). */
export async function topicIds(cluster: KafkaCluster, topics: readonly string[]): Promise<TopicIds | null> {
  const found = await topicMetadata(cluster, topics);
  return found && new Map(found.flatMap(({ topic, id, error }) => (error ? [] : [[topic, id] as const])));
}
