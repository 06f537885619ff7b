import {
  createInspector,
  createTopicAdmin,
  createTransport,
  type KafkaOptions,
  type RightsInspector,
  type TopicAdmin,
} from "@keyline/kafka";
import type { Transport } from "@keyline/runtime";
import { kafkajsClient } from "./private/client.js";

export {
  type BrokerState,
  connectionWarning,
  defaultMaxUnpackedBytes,
  type Environment,
  type KafkaCompression as KafkajsCompression,
  type KafkaLogLine as KafkajsLogLine,
  type KafkaOptions as KafkajsOptions,
  type KafkaSasl as KafkajsSasl,
  kafkaOptionsFrom,
  kafkaVariables,
  type NewTopic,
  type Operation,
  type Rights,
  type RightsInspector,
  type TopicAdmin,
} from "@keyline/kafka";
export { kafkajsClient };

/**
 * Creates a transport on Apache Kafka over connections of kafkajs. Connects at the first use, and creates no topics. Throws
 * `options_invalid` for invalid options.
 */
export const createKafkajsTransport = (options: KafkaOptions): Transport => createTransport(kafkajsClient, options);

/** Creates an inspector of a cluster; it changes nothing. Connects at the first use. Throws `options_invalid` for invalid options. */
export const createKafkajsInspector = (options: KafkaOptions): RightsInspector =>
  createInspector(kafkajsClient, options);

/** Creates an admin of topics. Connects at the first use. Throws `options_invalid` for invalid options. */
export const createKafkajsTopics = (options: KafkaOptions): TopicAdmin => createTopicAdmin(kafkajsClient, options);
