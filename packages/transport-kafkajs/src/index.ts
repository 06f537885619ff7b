export type { Operation, Rights } from "./admin/authorized.js";
export { type BrokerState, createKafkajsInspector, type RightsInspector } from "./admin/inspector.js";
export { createKafkajsTopics, type NewTopic, type TopicAdmin } from "./admin/topic-admin.js";
export { connectionWarning, type Environment, kafkaOptionsFrom, kafkaVariables } from "./client/environment.js";
export type { KafkajsCompression, KafkajsLogLine, KafkajsOptions, KafkajsSasl } from "./client/options.js";
export { defaultMaxUnpackedBytes } from "./codecs/limits.js";
export { createKafkajsTransport } from "./transport.js";
