import {
  createInspector,
  createTopicAdmin,
  createTransport,
  type KafkaOptions,
  type RightsInspector,
  type TopicAdmin,
} from "@keyline/kafka";
import type { Transport } from "@keyline/runtime";
import { platformaticClient } from "./client.js";

export { platformaticClient };

/**
 * A transport on Apache Kafka, by @platformatic/kafka. Connects when it is first used, and creates no topics. Throws
 * `options_invalid` for options that cannot work.
 */
export const createPlatformaticTransport = (options: KafkaOptions): Transport =>
  createTransport(platformaticClient, options);

/** Looks at a cluster and changes nothing. Connects when it is first used. Throws `options_invalid` for options that cannot work. */
export const createPlatformaticInspector = (options: KafkaOptions): RightsInspector =>
  createInspector(platformaticClient, options);

/** Looks at topics, and changes them. Connects when it is first used. Throws `options_invalid` for options that cannot work. */
export const createPlatformaticTopics = (options: KafkaOptions): TopicAdmin =>
  createTopicAdmin(platformaticClient, options);
