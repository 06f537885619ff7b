export type { Operation, Rights } from "./admin/authorized.js";
export { type BrokerState, createInspector, type RightsInspector } from "./admin/inspector.js";
export { createTopicAdmin, type NewTopic, type TopicAdmin } from "./admin/topic-admin.js";
export {
  connectionWarning,
  type Environment,
  kafkaClientFrom,
  kafkaOptionsFrom,
  kafkaVariables,
} from "./client/environment.js";
export type { KafkaCompression, KafkaLogLine, KafkaOptions } from "./client/options.js";
export { defaultMaxUnpackedBytes } from "./codecs/limits.js";
export {
  type Address,
  type ConnectionSettings,
  type KafkaClient,
  type KafkaConnection,
  type KafkaSasl,
  LoginRefused,
  type WireRequest,
} from "./port.js";
export { createTransport } from "./transport.js";
