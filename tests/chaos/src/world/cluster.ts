import { freePorts, type KafkaCluster, type LossyProxy, startKafka, startLossyProxy } from "@keyline/kafka-dev";
import { deadLetterTopic } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { retried } from "./retried.js";

/** Three brokers, each behind a proxy, with the contract's topics. */
export interface Cluster {
  readonly kafka: KafkaCluster;
  /** Where programs find the brokers: at the proxies. */
  readonly brokers: readonly string[];
  readonly proxies: readonly LossyProxy[];
  /** kafkajs as it comes, past the proxies. */
  readonly client: Kafka;
  readonly admin: Admin;
  stop(): Promise<void>;
}

/** So soon the cluster takes a killed broker for dead: Kafka's own 9 s would let a short run see little. */
const brokerSessionTimeoutMs = 4000;

/** A transaction whose time is over is ended within that: within Kafka's own 10 s a short run would be over. */
const settings = { "transaction.abort.timed.out.transaction.cleanup.interval.ms": "2000" };

export async function startCluster(brokers: 1 | 3): Promise<Cluster> {
  const proxyPorts = await freePorts(brokers);
  const kafka = await startKafka({ brokers, proxyPorts, brokerSessionTimeoutMs, settings });
  const proxies = await Promise.all(
    kafka.behindProxies.map((port, index) => startLossyProxy(proxyPorts[index] ?? 0, port)),
  );
  const client = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING, retry: { retries: 30 } });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: wantedTopics(), waitForLeaders: false });
  return {
    kafka,
    brokers: proxyPorts.map((port) => `127.0.0.1:${port}`),
    proxies,
    client,
    admin,
    async stop() {
      await admin.disconnect();
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await kafka.stop();
    },
  };
}

function wantedTopics() {
  return Object.values(topics).flatMap(({ address, partitions }) =>
    [address, deadLetterTopic(address)].map((topic) => ({ topic, numPartitions: partitions ?? 1 })),
  );
}

/** Where the logs of the topics end, by `topic/partition`. kafkajs throws a TypeError while a partition has no leader. */
export async function logEnds(admin: Admin, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const ends = new Map<string, number>();
  for (const topic of names) {
    for (const { partition, high } of await retried(() => admin.fetchTopicOffsets(topic))) {
      ends.set(`${topic}/${partition}`, Number(high));
    }
  }
  return ends;
}
