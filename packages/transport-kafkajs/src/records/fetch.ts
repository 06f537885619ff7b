import type { StartPosition } from "@keyline/runtime";
import { perTopic } from "../client/cluster.js";
import { type FetchedPartition, type KafkaBroker, readCommitted } from "../client/protocol.js";

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
}

/** Bytes of all partitions together that one fetch brings, about. */
const maxBytes = 10_485_760;

/** Asks a leader for what comes next in each of its partitions. */
export async function fetchFrom(
  leader: KafkaBroker,
  positions: readonly StartPosition[],
  { maxWaitMs, maxBytesPerPartition }: FetchLimits,
): Promise<readonly (FetchedPartition & { readonly topic: string })[]> {
  const { responses } = await leader.fetch({
    isolationLevel: readCommitted,
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes,
    topics: perTopic(positions, ({ partition, offset }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes: maxBytesPerPartition,
    })),
  });
  return responses.flatMap(({ topicName, partitions }) => partitions.map((row) => ({ ...row, topic: topicName })));
}

/** Whether the log has more than was brought: then the broker had no room, or compaction emptied what comes next. */
export const hasMore = (fetched: FetchedPartition, from: number): boolean =>
  fetched.messages.length === 0 && Math.min(Number(fetched.lastStableOffset), Number(fetched.highWatermark)) > from;
