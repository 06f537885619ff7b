import type { TopicPartition } from "@keyline/runtime/transport";
import { perTopic } from "../partitions.js";
import { brokerError } from "./broker-error.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import type { Answered, OwnRequest } from "./request.js";

/** A partition whose leader is asked. */
export interface AskedPartition extends TopicPartition {
  /** A broker that does not lead in this epoch refuses; -1 where it is not known, and every one answers. */
  readonly leaderEpoch: number;
}

/** What a leader says of a partition. */
export interface ListedPartition extends TopicPartition {
  readonly error: Error | null;
  /** -1 where no record is stamped at or after the time. */
  readonly offset: number;
}

export const earliest = -2;
export const latest = -1;

export const readUncommitted = 0;
export const readCommitted = 1;

/**
 * Asks a leader for the first offset of each partition whose record is stamped at or after a time, or with {@link earliest}
 * and {@link latest} for the ends of the log: up to the last record that every in-sync replica has, or that a reader of committed
 * records can read now.
 */
export function listOffsetsRequest(
  partitions: readonly AskedPartition[],
  timestamp: number,
  isolation = readUncommitted,
): OwnRequest<readonly ListedPartition[]> {
  return {
    ...{ apiName: "ListOffsets", apiKey: 2, apiVersion: 5, since: "2.2" },
    encode: () => encode(partitions, timestamp, isolation),
    decode,
  };
}

function encode(partitions: readonly AskedPartition[], timestamp: number, isolation: number): readonly Buffer[] {
  const topics = perTopic(partitions, (row) => row);
  const names = topics.reduce((sum, { topic }) => sum + 2 + Buffer.byteLength(topic) + 4, 0);
  const writer = new ByteWriter(4 + 1 + 4 + names + partitions.length * (4 + 4 + 8));
  // No replica.
  writer.int32(-1);
  writer.int8(isolation);
  writer.int32(topics.length);
  for (const { topic, partitions: some } of topics) {
    writer.text16(topic);
    writer.int32(some.length);
    for (const { partition, leaderEpoch } of some) {
      writer.int32(partition);
      writer.int32(leaderEpoch);
      writer.int64(BigInt(timestamp));
    }
  }
  return [writer.buffer];
}

function decode(answer: Buffer): Answered<readonly ListedPartition[]> {
  const reader = new ByteReader(answer);
  const throttleMs = reader.int32();
  const topics = reader.rows(() => {
    const topic = reader.text16() ?? "";
    return reader.rows((): ListedPartition => {
      const partition = reader.int32();
      const error = brokerError(reader.int16());
      // The record's time.
      reader.skip(8);
      const offset = reader.long();
      // The epoch in which the record was written.
      reader.skip(4);
      return { topic, partition, error, offset };
    });
  });
  return { answer: topics.flat(), throttleMs };
}
