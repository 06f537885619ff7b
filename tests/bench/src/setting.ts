import { type KafkaCluster, startKafka } from "@keyline/kafka-dev";
import { createKafkajsTopics, createKafkajsTransport } from "@keyline/kafkajs";
import type { Transport } from "@keyline/runtime";
import { deadLetterTopic, partitionOf } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";
import kafkajs from "kafkajs";

const { Kafka, logLevel } = kafkajs;

/** One broker with the contract's topics. */
export interface Setting {
  readonly brokers: readonly string[];
  readonly kafka: InstanceType<typeof Kafka>;
  connect(): Transport;
  /** A topic of its own, for a peer. */
  newTopic(partitions: number): Promise<string>;
  close(): Promise<void>;
}

/** Names the brokers of a run to the processes of its parts. */
export const brokersVariable = "KEYLINE_BENCH_BROKERS";

/**
 * Starts a broker, unless this is a part of a run that has one.
 * Invariant: `transports` holds every transport that `connect` returned, so `close` ends all connections before the broker.
 */
export async function openSetting(): Promise<Setting> {
  const given = process.env[brokersVariable]?.split(",");
  // For this process alone: what it starts has a broker of its own.
  delete process.env[brokersVariable];
  const cluster: KafkaCluster | null = given ? null : await startKafka();
  const brokers = given ?? cluster?.brokers ?? [];
  const admin = createKafkajsTopics({ brokers });
  for (const { address, partitions } of given ? [] : Object.values(topics)) {
    for (const name of [address, deadLetterTopic(address)]) await admin.create({ name, partitions: partitions ?? 1 });
  }
  // Invariant: every connection that was made is among them until all are closed with the setting.
  const transports: Transport[] = [];
  return {
    brokers,
    kafka: new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }),
    connect() {
      const transport = createKafkajsTransport({ brokers });
      transports.push(transport);
      return transport;
    },
    async newTopic(partitions) {
      const name = `peer-${crypto.randomUUID()}`;
      await admin.create({ name, partitions });
      return name;
    },
    async close() {
      await Promise.all(transports.map((transport) => transport.close()));
      await admin.close();
      await cluster?.stop();
    },
  };
}

/** The name of a consumer group that no other run has. */
export const newGroup = (): string => `bench-${crypto.randomUUID()}`;

/** Some student of many. */
export const someKey = "4711";

/** Runs on a cluster of its own: what was measured before lies in the topics of the others. */
export async function onOwnCluster<Found>(run: (setting: Setting) => Promise<Found>): Promise<Found> {
  const setting = await openSetting();
  try {
    return await run(setting);
  } finally {
    await setting.close();
  }
}

/** Students, so many; of one partition where it is named. */
export function students(count: number, partition?: number): readonly number[] {
  const found: number[] = [];
  for (let id = 1; found.length < count; id += 1) {
    if (partition === undefined || partitionOf("fnv1a", Buffer.from(String(id)), 12) === partition) found.push(id);
  }
  return found;
}
