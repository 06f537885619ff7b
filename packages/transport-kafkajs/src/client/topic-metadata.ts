import { metadataRequest, type TopicMetadata } from "../wire/metadata.js";
import { knowTopics } from "./cluster.js";
import type { KafkaCluster } from "./protocol.js";
import { sendRequest, speaks } from "./request.js";

/** Topics as the cluster has them, each with its own error; null where the broker is too old to say so much (Kafka 2.8). */
export async function topicMetadata(
  cluster: KafkaCluster,
  topics: readonly string[],
): Promise<readonly TopicMetadata[] | null> {
  await knowTopics(cluster, []);
  const broker = await cluster.findControllerBroker();
  const request = metadataRequest(topics);
  return speaks(broker, request) ? sendRequest(broker, request) : null;
}
