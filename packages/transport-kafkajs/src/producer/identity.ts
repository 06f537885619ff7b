import type { TopicPartition } from "@keyline/runtime/transport";
import { nameOf } from "../client/cluster.js";

/** A producer as brokers know it, and its place in each partition: by both they tell a batch that comes twice. */
export interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly sequences: Map<string, number>;
}

/** Kafka's sequences are 32 bits without a sign, and start over. */
const sequenceCount = 2 ** 31;

export const sequenceOf = ({ sequences }: Identity, partition: TopicPartition): number =>
  sequences.get(nameOf(partition)) ?? 0;

/** Moves on by the records of an acknowledged batch. */
export function advance({ sequences }: Identity, partition: TopicPartition, from: number, records: number): void {
  sequences.set(nameOf(partition), (from + records) % sequenceCount);
}
