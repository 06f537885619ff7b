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
 * A transport on Apache Kafka, by kafkajs. Connects when it is first used, and creates no topics. Throws `options_invalid` for
 * options that cannot work.
 */
export const createKafkajsTransport = (options: KafkaOptions): Transport => createTransport(kafkajsClient, options);

/** Looks at a cluster and changes nothing. Connects when it is first used. Throws `options_invalid` for options that cannot work. */
export const createKafkajsInspector = (options: KafkaOptions): RightsInspector =>
  createInspector(kafkajsClient, options);

/** Looks at topics, and changes them. Connects when it is first used. Throws `options_invalid` for options that cannot work. */
export const createKafkajsTopics = (options: KafkaOptions): TopicAdmin => createTopicAdmin(kafkajsClient, options);
