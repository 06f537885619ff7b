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
 * Creates a transport on Apache Kafka over connections of @platformatic/kafka. Connects at the first use, and creates no topics. Throws
 * `options_invalid` for invalid options.
 */
export const createPlatformaticTransport = (options: KafkaOptions): Transport =>
  createTransport(platformaticClient, options);

/** Creates an inspector of a cluster; it changes nothing. Connects at the first use. Throws `options_invalid` for invalid options. */
export const createPlatformaticInspector = (options: KafkaOptions): RightsInspector =>
  createInspector(platformaticClient, options);

/** Creates an admin of topics. Connects at the first use. Throws `options_invalid` for invalid options. */
export const createPlatformaticTopics = (options: KafkaOptions): TopicAdmin =>
  createTopicAdmin(platformaticClient, options);
