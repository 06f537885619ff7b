import type { StartPosition } from "@keyline/runtime/transport";
import type { KafkaBroker } from "../client/protocol.js";
import { sendRequest } from "../client/request.js";
import { createUnpacking } from "../codecs/unpacking.js";
import { type FetchedPartition, type FetchLimits, fetchRequest } from "../wire/fetch.js";
import type { Keep } from "../wire/read-batches.js";

/** Bytes of all partitions together that one fetch brings, about. */
const maxBytes = 10_485_760;

/** Asks a leader for what comes next in each of its partitions; each is answered for. */
export const fetchFrom = (
  leader: KafkaBroker,
  positions: readonly StartPosition[],
  limits: Omit<FetchLimits, "maxBytes">,
  keep?: Keep,
): Promise<readonly FetchedPartition[]> =>
  sendRequest(
    leader,
    fetchRequest(rotated(positions), { ...limits, maxBytes }, createUnpacking(limits.maxUnpackedBytes), keep),
  );

/** Invariant: grows by one with each fetch, up to its limit: every partition comes first in turn. */
let turn = 0;

/** Begins with another partition each time: a broker that reaches its limit leaves out the last ones. */
function rotated(positions: readonly StartPosition[]): readonly StartPosition[] {
  turn = (turn + 1) % 1_000_000;
  const first = turn % positions.length;
  return [...positions.slice(first), ...positions.slice(0, first)];
}

/** Whether the log has more than was brought: then the broker had no room, or compaction emptied what comes next. */
export const hasMore = ({ batches, lastStableOffset, highWatermark }: FetchedPartition, from: number): boolean =>
  batches.length === 0 && Math.min(lastStableOffset, highWatermark) > from;
