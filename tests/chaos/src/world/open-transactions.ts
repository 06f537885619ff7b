import type { Kafka, Producer } from "kafkajs";
import { retried } from "./retried.js";

/** Transactions of another client, which write and never end by themselves. */
export interface OpenTransactions {
  /** Writes to the partition and leaves the transaction open: the broker ends it after `transactionTimeoutMs`. */
  open(topic: string, partition: number): Promise<void>;
  close(): Promise<void>;
}

const transactionTimeoutMs = 20_000;

/** Invariant: `producers` has the producer of every transaction that was begun; none begins a second. */
export function createOpenTransactions(client: Kafka): OpenTransactions {
  const producers: Producer[] = [];
  const begin = async (topic: string, partition: number) => {
    const producer = client.producer({
      transactionalId: `chaos-${producers.length}`,
      maxInFlightRequests: 1,
      idempotent: true,
      transactionTimeout: transactionTimeoutMs,
    });
    producers.push(producer);
    await producer.connect();
    const transaction = await producer.transaction();
    // Not an event: an app that reads it has a dead letter.
    await transaction.send({ topic, messages: [{ partition, value: "never committed" }] });
  };
  return {
    open: (topic, partition) => retried(() => begin(topic, partition)),
    async close() {
      for (const producer of producers) await producer.disconnect();
    },
  };
}
