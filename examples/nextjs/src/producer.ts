import { createKafkajsTransport, kafkaOptionsFrom } from "@keyline/kafkajs";
import { createMemoryCluster } from "@keyline/runtime/memory";
import { topics } from "./keyline/events";
import { createProducer, type EventProducer } from "./keyline/producer";

/** Kafka where KAFKA_BROKERS names it; else a cluster in this process, with the contract's topics. */
function openTransport() {
  const kafka = kafkaOptionsFrom(process.env);
  return kafka ? createKafkajsTransport(kafka) : createMemoryCluster({ topics }).transport();
}

/** Modules are loaded again when they change, and once more for each route: the producer outlives them. */
const kept = globalThis as typeof globalThis & { shopProducer?: EventProducer };

/** The producer of this process, made at the first call: a build sends nothing. */
export function producer(): EventProducer {
  kept.shopProducer ??= createProducer({ transport: openTransport(), source: "shop" });
  return kept.shopProducer;
}
