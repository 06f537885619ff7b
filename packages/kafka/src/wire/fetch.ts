import type { StartPosition, TopicPartition } from "@keyline/runtime/transport";
import { perTopic } from "../partitions.js";
import { brokerError } from "./broker-error.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { type Decompress, type Keep, type LogBatch, readBatches } from "./read-batches.js";
import type { Answered, OwnRequest } from "./request.js";

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
  /** Of all partitions together, about. */
  readonly maxBytes: number;
  /** That a batch may unpack to. */
  readonly maxUnpackedBytes: number;
}

/** What a fetch brought of one partition. */
export interface FetchedPartition extends TopicPartition {
  readonly error: Error | null;
  readonly highWatermark: number;
  /** Where readers of committed records stop for now: the first record of the oldest open transaction, or the end. */
  readonly lastStableOffset: number;
  readonly abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: number }[];
  readonly batches: readonly LogBatch[];
}

/** Asks a leader for what comes next in its partitions, of records that producers have committed. */
export function fetchRequest(
  positions: readonly StartPosition[],
  limits: FetchLimits,
  decompress: Decompress,
  keep?: Keep,
): OwnRequest<readonly FetchedPartition[]> {
  return {
    ...{ apiName: "Fetch", apiKey: 1, apiVersion: 11, since: "2.3" },
    encode: () => encode(positions, limits),
    decode: (answer) => decode(answer, decompress, keep),
  };
}

export const readCommitted = 1;

function encode(positions: readonly StartPosition[], limits: FetchLimits): readonly Buffer[] {
  const topics = perTopic(positions, (row) => row);
  const names = topics.reduce((sum, { topic }) => sum + 2 + Buffer.byteLength(topic) + 4, 0);
  const writer = new ByteWriter(4 + 4 + 4 + 4 + 1 + 4 + 4 + 4 + names + positions.length * 28 + 4 + 2);
  // No replica.
  writer.int32(-1);
  writer.int32(limits.maxWaitMs);
  writer.int32(1);
  writer.int32(limits.maxBytes);
  writer.int8(readCommitted);
  // No session: each request names all of its partitions.
  writer.int32(0);
  writer.int32(-1);
  writer.int32(topics.length);
  for (const { topic, partitions } of topics) {
    writer.text16(topic);
    writer.int32(partitions.length);
    for (const { partition, offset } of partitions) {
      writer.int32(partition);
      // No leader's epoch, and no log's start, which followers tell.
      writer.int32(-1);
      writer.int64(BigInt(offset));
      writer.int64(-1n);
      writer.int32(limits.maxBytesPerPartition);
    }
  }
  // No topics to forget, no rack.
  writer.int32(0);
  writer.text16("");
  return [writer.buffer];
}

async function decode(
  answer: Buffer,
  decompress: Decompress,
  keep: Keep | undefined,
): Promise<Answered<readonly FetchedPartition[]>> {
  const reader = new ByteReader(answer);
  const throttleMs = reader.int32();
  // An error of the session and its id: there is none.
  reader.skip(2 + 4);
  const rows = reader.rows(() => {
    const topic = reader.text16() ?? "";
    return reader.rows(() => readPartition(reader, topic));
  });
  return { answer: await readPartitions(rows.flat(), decompress, keep), throttleMs };
}

/** A partition of an answer, before its batches are read. */
export type PackedPartition = Omit<FetchedPartition, "batches"> & { readonly bytes: Buffer };

/** Reads what an answer brought, one partition after the other: what is unpacked is bounded over all of them. */
export async function readPartitions(
  rows: readonly PackedPartition[],
  decompress: Decompress,
  keep: Keep | undefined,
): Promise<readonly FetchedPartition[]> {
  const partitions: FetchedPartition[] = [];
  for (const { bytes, ...row } of rows)
    partitions.push({ ...row, batches: await readBatches(bytes, row, decompress, keep) });
  return partitions;
}

function readPartition(reader: ByteReader, topic: string) {
  const partition = reader.int32();
  const error = brokerError(reader.int16());
  const highWatermark = reader.long();
  const lastStableOffset = reader.long();
  reader.skip(8);
  const abortedTransactions = reader.rows(() => ({ producerId: reader.int64(), firstOffset: reader.long() }));
  // The replica that the broker would rather have asked.
  reader.skip(4);
  const bytes = reader.view(Math.max(0, reader.int32()));
  const place = error ? Object.assign(error, { topic, partition }) : null;
  return { topic, partition, error: place, highWatermark, lastStableOffset, abortedTransactions, bytes };
}
