import type { TopicPartition } from "@keyline/runtime/transport";
import { perTopic } from "../partitions.js";
import { brokerError } from "./broker-error.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import type { Answered, OwnRequest } from "./request.js";

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
    ...{ apiName: "Produce", apiKey: 0, apiVersion: 7, since: "2.1" },
    encode: () => encode(partitions, replicasTimeoutMs),
    decode,
  };
}

function encode(partitions: readonly ProducePartition[], replicasTimeoutMs: number): readonly Buffer[] {
  const topics = perTopic(partitions, (row) => row);
  const first = new ByteWriter(2 + 2 + 4 + 4);
  // No transaction; every in-sync replica.
  first.int16(-1);
  first.int16(-1);
  first.int32(replicasTimeoutMs);
  first.int32(topics.length);
  return [
    first.buffer,
    ...topics.flatMap(({ topic, partitions: some }) => [topicHead(topic, some.length), ...some.flatMap(piecesOf)]),
  ];
}

function topicHead(topic: string, partitions: number): Buffer {
  const writer = new ByteWriter(2 + Buffer.byteLength(topic) + 4);
  writer.text16(topic);
  writer.int32(partitions);
  return writer.buffer;
}

function piecesOf({ partition, batch }: ProducePartition): readonly Buffer[] {
  const writer = new ByteWriter(4 + 4);
  writer.int32(partition);
  writer.int32(batch.length);
  return [writer.buffer, batch];
}

function decode(answer: Buffer): Answered<readonly ProducedPartition[]> {
  const reader = new ByteReader(answer);
  const topics = reader.rows(() => {
    const topic = reader.text16() ?? "";
    return reader.rows((): ProducedPartition => {
      const partition = reader.int32();
      const error = brokerError(reader.int16());
      const baseOffset = reader.long();
      // The broker's time, and the log's start.
      reader.skip(8 + 8);
      return { topic, partition, error, baseOffset };
    });
  });
  return { answer: topics.flat(), throttleMs: reader.int32() };
}
