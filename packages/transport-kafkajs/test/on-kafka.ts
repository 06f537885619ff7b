import { createTransport, type KafkaOptions, kafkaClientFrom } from "@keyline/kafka";
import { platformaticClient } from "@keyline/platformatic";
import type { ProducerRecord, Transport } from "@keyline/runtime/transport";
import kafkajs from "kafkajs";
import { vi } from "vitest";
import { kafkajsClient } from "../src/index.js";

const { Kafka, logLevel } = kafkajs;

/** These tests are of what all clients have in common: each transport on Kafka runs them, as `KAFKA_CLIENT` says. */
export const client = { kafkajs: kafkajsClient, platformatic: platformaticClient }[kafkaClientFrom(process.env)];

export const createTestTransport = (options: KafkaOptions): Transport => createTransport(client, options);

/** Waits until the check no longer throws. */
export const until = <T>(check: () => T | Promise<T>, timeoutMs = 20_000): Promise<T> =>
  vi.waitFor(check, { timeout: timeoutMs, interval: 20 });

/** kafkajs itself, without a word. */
export const rawKafka = (brokers: readonly string[]) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });

/** Makes a topic with a name of its own; resolves when every broker knows it. */
export async function makeTopic(
  brokers: readonly string[],
  numPartitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = `test-${crypto.randomUUID()}`;
  const admin = rawKafka(brokers).admin();
  await admin.connect();
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: false });
  await until(() => admin.fetchTopicMetadata({ topics: [topic] }));
  await admin.disconnect();
  return topic;
}

/** Deletes a topic; resolves when no broker knows it any more. */
export async function deleteTopic(brokers: readonly string[], topic: string): Promise<void> {
  const admin = rawKafka(brokers).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await until(async () => {
    if ((await admin.listTopics()).includes(topic)) throw new Error(`${topic} is still there`);
  });
  await admin.disconnect();
}

/** A record of a text. */
export const recordOf = (value: string): ProducerRecord => ({
  key: Buffer.from("key"),
  value: Buffer.from(value),
  headers: [],
  timestampMs: Date.now(),
});

export const textOf = ({ value }: ProducerRecord): string => Buffer.from(value ?? []).toString("utf8");

/** Everything on a partition, from its start. */
export async function readAll(transport: Transport, topic: string, partition: number): Promise<readonly string[]> {
  const [range = { start: 0, end: 0 }] = await transport.logRanges([{ topic, partition }]);
  const found: string[] = [];
  for await (const { records } of transport.read({ topic, partition }, { from: range.start, to: range.end })) {
    found.push(...records.map(textOf));
  }
  return found;
}
