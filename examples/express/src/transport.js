import { createKafkajsTransport, kafkaOptionsFrom } from "@keyline/kafkajs";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "./keyline/events.ts";

/** Kafka where KAFKA_BROKERS names it; else a cluster in this process, with the contract's topics. */
export function openTransport() {
  const kafka = kafkaOptionsFrom(process.env);
  if (kafka) return createKafkajsTransport(kafka);
  const cluster = createMemoryCluster();
  for (const { address, partitions } of Object.values(topics)) {
    cluster.createTopic(address, { partitions: partitions ?? 1 });
    cluster.createTopic(`${address}.dlq`, { partitions: partitions ?? 1 });
  }
  return cluster.transport();
}
