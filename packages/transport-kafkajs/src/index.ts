export type { TopicOperation, TopicRights } from "./admin/authorized.js";
export { type BrokerState, type ClusterInspector, type GroupState, kafkajsInspector } from "./admin/inspector.js";
export { kafkajsTopics, type NewTopic, type TopicAdmin, type TopicState } from "./admin/topic-admin.js";
export { type Environment, kafkaOptionsFrom, kafkaVariables } from "./client/environment.js";
export type { KafkajsCompression, KafkajsLogLine, KafkajsOptions, KafkajsSasl } from "./client/options.js";
export { kafkajsTransport } from "./transport.js";
