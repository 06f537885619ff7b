// For the tests of what brings the connections, which need these parts beside real ones. No version promises them.
export type { Broker } from "./client/broker.js";
export { createClusters } from "./client/client.js";
export { leadersOf } from "./client/leaders.js";
export { settingsOf } from "./client/options.js";
export { topicIds } from "./client/topics.js";
export { createKafkaConsumer } from "./consumer/create-consumer.js";
export { fetchFrom } from "./records/fetch.js";
export { ByteWriter } from "./wire/byte-writer.js";
export { latest, listOffsetsRequest } from "./wire/list-offsets.js";
