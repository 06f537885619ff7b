/** Runs Apache Kafka from its jars, for tests and `npm run kafka`. */
export { type KafkaCluster, type KafkaOptions, startKafka, whyNoKafka } from "./start-kafka.ts";
