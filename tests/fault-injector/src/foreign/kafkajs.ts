import kafkajs from "kafkajs";
import type { ForeignProducer } from "./producers.js";

const { Kafka, Partitioners, logLevel } = kafkajs;

/** kafkajs as other teams use it: its own producer and partitioner. */
function kafkajsProducer(
  name: string,
  partitioner: ForeignProducer["partitioner"],
  createPartitioner: () => ReturnType<typeof Partitioners.DefaultPartitioner>,
): ForeignProducer {
  return {
    ...{ name, partitioner },
    async write(broker, events) {
      const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
      const producer = kafka.producer({ createPartitioner, allowAutoTopicCreation: false });
      await producer.connect();
      for (const [topic, own] of Map.groupBy(events, (event) => event.topic)) {
        for (let at = 0; at < own.length; at += 500) {
          await producer.send({ topic, messages: own.slice(at, at + 500).map(({ key, value }) => ({ key, value })) });
        }
      }
      await producer.disconnect();
    },
  };
}

export const kafkajsProducers: readonly ForeignProducer[] = [
  kafkajsProducer("kafkajs 2", "murmur2", Partitioners.DefaultPartitioner),
  kafkajsProducer("kafkajs 2 with LegacyPartitioner", "murmur2-kafkajs-1", Partitioners.LegacyPartitioner),
];
