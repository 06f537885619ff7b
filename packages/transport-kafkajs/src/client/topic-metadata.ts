import type { TopicIds } from "../wire/fetch-by-id.js";
import { metadataRequest, type TopicMetadata } from "../wire/metadata.js";
import { knowTopics } from "./cluster.js";
import type { KafkaCluster } from "./protocol.js";
import { sendRequest, speaks } from "./request.js";

/** Topics as a broker has them now; null from one that is older than topics' ids (Kafka 2.8). */
export async function topicMetadata(
  cluster: KafkaCluster,
  topics: readonly string[],
): Promise<readonly TopicMetadata[] | null> {
  await knowTopics(cluster, []);
  const broker = await cluster.findControllerBroker();
  const request = metadataRequest(topics);
  return speaks(broker, request) ? sendRequest(broker, request) : null;
}

/** The ids of those topics that exist; null as {@link topicMetadata}. */
export async function topicIds(cluster: KafkaCluster, topics: readonly string[]): Promise<TopicIds | null> {
  const found = await topicMetadata(cluster, topics);
  return found && new Map(found.flatMap(({ topic, id, error }) => (error ? [] : [[topic, id] as const])));
}
