import type { Transport } from "@keyline/runtime/transport";
import { createInspector, type RightsInspector } from "./admin/inspector.js";
import { createTopicAdmin, type TopicAdmin } from "./admin/topic-admin.js";
import type { KafkaCompression, KafkaLogLine, KafkaOptions } from "./client/options.js";
import { kafkajsClient } from "./kafkajs/client.js";
import type { KafkaSasl } from "./port.js";
import { createTransport } from "./transport.js";

export type { Operation, Rights } from "./admin/authorized.js";
export type { BrokerState, RightsInspector } from "./admin/inspector.js";
export type { NewTopic, TopicAdmin } from "./admin/topic-admin.js";
export { connectionWarning, type Environment, kafkaOptionsFrom, kafkaVariables } from "./client/environment.js";
export { defaultMaxUnpackedBytes } from "./codecs/limits.js";
export type {
  KafkaCompression as KafkajsCompression,
  KafkaLogLine as KafkajsLogLine,
  KafkaOptions as KafkajsOptions,
  KafkaSasl as KafkajsSasl,
};

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
