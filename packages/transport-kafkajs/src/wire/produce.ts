import type { TopicPartition } from "@keyline/runtime";
import { perTopic } from "../client/cluster.js";
import { brokerError, type OwnRequest } from "../client/request.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";

/** A batch for one partition. */
export interface ProducePartition extends TopicPartition {
  readonly batch: Buffer;
}

/** What came of it. */
export interface ProducedPartition extends TopicPartition {
  readonly baseOffset: number;
  readonly error: Error | null;
}

/** Appends batches, one for each partition, when every in-sync replica has them. Each partition is answered for. */
export function produceRequest(
  partitions: readonly ProducePartition[],
  replicasTimeoutMs: number,
): OwnRequest<readonly ProducedPartition[]> {
  return {
    ...{ name: "Produce", apiKey: 0, version: 7, since: "2.1" },
    encode: () => encode(partitions, replicasTimeoutMs),
    decode,
  };
}

function encode(partitions: readonly ProducePartition[], replicasTimeoutMs: number): Buffer {
  const topics = perTopic(partitions, (row) => row);
  const around = topics.reduce((sum, { topic }) => sum + 2 + Buffer.byteLength(topic) + 4, 2 + 2 + 4 + 4);
  const writer = new ByteWriter(partitions.reduce((sum, { batch }) => sum + 4 + 4 + batch.length, around));
  // No transaction; every in-sync replica.
  writer.int16(-1);
  writer.int16(-1);
  writer.int32(replicasTimeoutMs);
  writer.int32(topics.length);
  for (const { topic, partitions: some } of topics) {
    writer.text16(topic);
    writer.int32(some.length);
    for (const { partition, batch } of some) {
      writer.int32(partition);
      writer.int32(batch.length);
      writer.bytes(batch);
    }
  }
  return writer.buffer;
}

function decode(answer: Buffer): readonly ProducedPartition[] {
  const reader = new ByteReader(answer);
  const topics = reader.rows(() => {
    const topic = reader.text(reader.int16());
    return reader.rows((): ProducedPartition => {
      const partition = reader.int32();
      const error = brokerError(reader.int16());
      const baseOffset = reader.long();
      // The broker's time, and the log's start.
      reader.skip(8 + 8);
      return { topic, partition, error, baseOffset };
    });
  });
  return topics.flat();
}
