import type { StartPosition } from "@keyline/runtime/transport";
import type { KafkaBroker } from "../client/protocol.js";
import { sendRequest, speaks } from "../client/request.js";
import { decompress } from "../codecs/codecs.js";
import { type FetchedPartition, type FetchLimits, fetchRequest } from "../wire/fetch.js";
import { fetchById, fetchByIdRequest, type TopicIds } from "../wire/fetch-by-id.js";
import type { Keep } from "../wire/read-batches.js";

/** Bytes of all partitions together that one fetch brings, about. */
const maxBytes = 10_485_760;

export interface FetchOptions extends Omit<FetchLimits, "maxBytes"> {
  readonly keep?: Keep | undefined;
  /** Topics are fetched by their ids, where all are known and the leader takes ids. Default by their names. */
  readonly ids?: TopicIds;
}

/** Asks a leader for what comes next in each of its partitions; each is answered for. */
export function fetchFrom(
  leader: KafkaBroker,
  positions: readonly StartPosition[],
  { keep, ids, ...some }: FetchOptions,
): Promise<readonly FetchedPartition[]> {
  const [turned, limits] = [rotated(positions), { ...some, maxBytes }];
  const byId = ids && speaks(leader, fetchById) && positions.every(({ topic }) => ids.has(topic));
  return byId
    ? sendRequest(leader, fetchByIdRequest(turned, ids, limits, decompress, keep))
    : sendRequest(leader, fetchRequest(turned, limits, decompress, keep));
}

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
