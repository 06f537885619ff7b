/** Runs Apache Kafka from its jars, for tests and `npm run kafka`. */
export { certificates } from "./certificates.ts";
export { type LossyProxy, startLossyProxy } from "./lossy-proxy.ts";
export { freePorts } from "./ports.ts";
export { runTool, toolCommand } from "./run-tool.ts";
export type { Direction } from "./silence.ts";
export { type KafkaCluster, type KafkaOptions, startKafka, whyNoKafka } from "./start-kafka.ts";
