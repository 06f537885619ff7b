import type { StartPosition } from "@keyline/runtime/transport";
import { perTopic } from "../partitions.js";
import { brokerError } from "./broker-error.js";
import { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import { type FetchedPartition, type FetchLimits, readCommitted, readPartitions } from "./fetch.js";
import type { Decompress, Keep } from "./read-batches.js";
import type { Answered, OwnRequest } from "./request.js";

/** The ids of topics, by their names. */
export type TopicIds = ReadonlyMap<string, string>;

/**
 * As {@link fetchRequest}, but with topics by their ids: nothing comes from a topic that was deleted, or from another one that
 * was created under its name. `ids` has each topic's id.
 */
export function fetchByIdRequest(
  positions: readonly StartPosition[],
  ids: TopicIds,
  limits: FetchLimits,
  decompress: Decompress,
  keep?: Keep,
): OwnRequest<readonly FetchedPartition[]> {
  return {
    ...fetchById,
    encode: () => encode(positions, ids, limits),
    decode: (answer) => decode(answer, new Map([...ids].map(([topic, id]) => [id, topic])), decompress, keep),
  };
}

export const fetchById = { apiName: "Fetch", apiKey: 1, apiVersion: 13, since: "3.1", isFlexible: true } as const;

function encode(positions: readonly StartPosition[], ids: TopicIds, limits: FetchLimits): readonly Buffer[] {
  const topics = perTopic(positions, (row) => row);
  const writer = new ByteWriter(64 + topics.length * 32 + positions.length * 40);
  // No replica.
  writer.int32(-1);
  writer.int32(limits.maxWaitMs);
  writer.int32(1);
  writer.int32(limits.maxBytes);
  writer.int8(readCommitted);
  // No session: each request names all of its partitions.
  writer.int32(0);
  writer.int32(-1);
  writer.compactCount(topics.length);
  for (const { topic, partitions } of topics) {
    writer.uuid(ids.get(topic) ?? "");
    writer.compactCount(partitions.length);
    for (const { partition, offset } of partitions) {
      writer.int32(partition);
      // No leader's epoch, none of the last fetch, and no log's start, which followers tell.
      writer.int32(-1);
      writer.int64(BigInt(offset));
      writer.int32(-1);
      writer.int64(-1n);
      writer.int32(limits.maxBytesPerPartition);
      writer.noTags();
    }
    writer.noTags();
  }
  // No topics to forget, no rack.
  writer.compactCount(0);
  writer.compactText("");
  writer.noTags();
  return [writer.written()];
}

async function decode(
  answer: Buffer,
  topics: ReadonlyMap<string, string>,
  decompress: Decompress,
  keep: Keep | undefined,
): Promise<Answered<readonly FetchedPartition[]>> {
  const reader = new ByteReader(answer);
  const throttleMs = reader.int32();
  const refused = brokerError(reader.int16());
  if (refused) throw refused;
  reader.skip(4);
  const rows = reader.compactRows(() => {
    const topic = topics.get(reader.uuid()) ?? "";
    return reader.compactRows(() => readPartition(reader, topic));
  });
  return { answer: await readPartitions(rows.flat(), decompress, keep), throttleMs };
}

function readPartition(reader: ByteReader, topic: string) {
  const partition = reader.int32();
  const error = brokerError(reader.int16());
  const highWatermark = reader.long();
  const lastStableOffset = reader.long();
  reader.skip(8);
  const abortedTransactions = reader.compactRows(() => ({ producerId: reader.int64(), firstOffset: reader.long() }));
  // The replica that the broker would rather have asked.
  reader.skip(4);
  const bytes = reader.view(Math.max(0, reader.uvarint() - 1));
  const place = error ? Object.assign(error, { topic, partition }) : null;
  return { topic, partition, error: place, highWatermark, lastStableOffset, abortedTransactions, bytes };
}
