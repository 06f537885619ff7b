import { createKafkajsTransport, kafkaOptionsFrom } from "@keyline/kafkajs";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "./keyline/events.ts";

/** Kafka where KAFKA_BROKERS names it; else a cluster in this process, with the contract's topics. */
export function openTransport() {
  const kafka = kafkaOptionsFrom(process.env);
  return kafka ? createKafkajsTransport(kafka) : createMemoryCluster({ topics }).transport();
}
