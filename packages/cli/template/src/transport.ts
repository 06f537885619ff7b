import { createKafkajsTransport, kafkaOptionsFrom } from "@keyline/kafkajs";
import type { Transport } from "@keyline/runtime";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "../packages/events";

/** Kafka where KAFKA_BROKERS names it; else a cluster in this process, with the contract's topics. */
export function openTransport(): Transport {
  const kafka = kafkaOptionsFrom(process.env);
  return kafka ? createKafkajsTransport(kafka) : createMemoryCluster({ topics }).transport();
}
