import type { TopicIds } from "../wire/fetch-by-id.js";
import { metadataRequest } from "../wire/metadata.js";
import { knowTopics } from "./cluster.js";
import type { KafkaCluster } from "./protocol.js";
import { sendRequest, speaks } from "./request.js";

/** The ids of those topics that exist; null where the broker is older than ids (Kafka 2.8). */
export async function topicIds(cluster: KafkaCluster, topics: readonly string[]): Promise<TopicIds | null> {
  await knowTopics(cluster, []);
  const broker = await cluster.findControllerBroker();
  const request = metadataRequest(topics);
  if (!speaks(broker, request)) return null;
  const found = await sendRequest(broker, request);
  return new Map(found.flatMap(({ topic, id, error }) => (error ? [] : [[topic, id] as const])));
}
