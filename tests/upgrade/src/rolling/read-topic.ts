import kafkajs from "kafkajs";
import type { RawRecord } from "../versions/version.ts";

const { Kafka, logLevel } = kafkajs;

/** Reads a whole topic, in the order of each partition, by a client that shares no code with either version. */
export async function readTopic(
  brokers: readonly string[],
  topic: string,
): Promise<readonly Pick<RawRecord, "key" | "value" | "headers">[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const left = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const found: Pick<RawRecord, "key" | "value" | "headers">[] = [];
  if (left === 0) return found;
  const consumer = kafka.consumer({ groupId: `reader-${process.pid}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        async eachMessage({ message }) {
          found.push({
            key: message.key?.toString("utf8") ?? null,
            value: message.value?.toString("utf8") ?? null,
            headers: Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const),
          });
          if (found.length === left) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found;
}
