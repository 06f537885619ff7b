import type { StartPosition } from "@keyline/runtime/transport";
import type { Broker } from "../client/broker.js";
import { createUnpacking } from "../codecs/unpacking.js";
import { unknownTopicId } from "../wire/broker-error.js";
import { type FetchedPartition, type FetchLimits, fetchRequest } from "../wire/fetch.js";
import { fetchById, fetchByIdRequest, type TopicIds } from "../wire/fetch-by-id.js";
import { metadataRequest, metadataWithIds } from "../wire/metadata.js";
import type { Keep } from "../wire/read-batches.js";

/** Bytes of all partitions together that one fetch brings, about. */
const maxBytes = 10_485_760;

export interface FetchOptions extends Omit<FetchLimits, "maxBytes"> {
  readonly keep?: Keep | undefined;
  /** Nothing is brought of topics that have other ids by now. Default, and where it is empty: whatever has the name. */
  readonly ids?: TopicIds;
}

/** Asks a leader for what comes next in each of its partitions; each is answered for. */
export async function fetchFrom(
  leader: Broker,
  positions: readonly StartPosition[],
  { keep, ids, ...some }: FetchOptions,
): Promise<readonly FetchedPartition[]> {
  const [turned, limits] = [rotated(positions), { ...some, maxBytes }];
  const unpack = createUnpacking(limits.maxUnpackedBytes);
  const isKnown = ids !== undefined && ids.size > 0;
  if (isKnown && (await leader.speaks(fetchById))) {
    return leader.send(fetchByIdRequest(turned, ids, limits, unpack, keep));
  }
  const rows = await leader.send(fetchRequest(turned, limits, unpack, keep));
  return isKnown ? refuseReplaced(leader, rows, ids) : rows;
}

/** Brokers before Kafka 3.1 fetch by name: afterwards such a leader is asked of which topics it was. */
async function refuseReplaced(leader: Broker, rows: readonly FetchedPartition[], ids: TopicIds) {
  const topics = new Set(rows.filter(({ batches }) => batches.length > 0).map(({ topic }) => topic));
  // Among newer brokers there may be one, for a while, that is older than ids.
  if (topics.size === 0 || !(await leader.speaks(metadataWithIds))) return rows;
  const metadata = await leader.send(metadataRequest(metadataWithIds, [...topics]));
  const replaced = new Set(metadata.topics.filter(({ topic, id }) => id !== ids.get(topic)).map(({ topic }) => topic));
  return rows.map((row): FetchedPartition => {
    const { topic, partition } = row;
    if (!replaced.has(topic)) return row;
    return { ...row, batches: [], error: Object.assign(unknownTopicId(), { topic, partition }) };
  });
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
