import type { Transport } from "@keyline/runtime";
import type { GroupState, LogRange, TopicPartition } from "@keyline/runtime/transport";
import { type ClusterFinding, clusterFinding } from "./kinds.js";

/** Topics of one ordering domain, which share their lanes. */
export interface LaneTopics {
  readonly domain: string;
  readonly topics: readonly string[];
}

/** The lag of a group on one topic. */
export interface TopicLag {
  readonly topic: string;
  readonly records: number;
  /** The age of the oldest unfinished record (seconds); 0 if there is none. */
  readonly seconds: number;
}

/** A consumer group, with respect to the contract's topics. */
export interface GroupReport {
  readonly groupId: string;
  readonly state: string;
  readonly assignor: string;
  readonly members: number;
  readonly lagRecords: number;
  readonly lagSeconds: number;
  readonly topics: readonly TopicLag[];
  /** Lanes, as `domain/partition`, whose topics different members read. */
  readonly splitLanes: readonly string[];
  /** Partitions that no member owns, of topics that some member reads. */
  readonly unread: readonly TopicPartition[];
}

/** The name of the protocol by which Keyline's consumers share partitions. */
export const keylineAssignor = "keyline-lanes";

/** Looks how a group shares lanes, and how far behind it is. */
export async function reportGroup(
  transport: Transport,
  group: GroupState,
  lanes: readonly LaneTopics[],
  partitionCounts: ReadonlyMap<string, number>,
  nowMs: number,
): Promise<GroupReport> {
  const { groupId, state, assignor, members, committed } = group;
  const topics = await lagOf(transport, committed, nowMs);
  return {
    ...{ groupId, state, assignor, members: members.length, topics },
    lagRecords: topics.reduce((sum, { records }) => sum + records, 0),
    lagSeconds: Math.max(0, ...topics.map(({ seconds }) => seconds)),
    splitLanes: lanes.flatMap((domain) => splitLanes(group, domain)),
    unread: unreadPartitions(group, partitionCounts),
  };
}

/** What is wrong with a group. */
export function groupFindings({
  groupId,
  assignor,
  splitLanes: split,
  unread,
}: GroupReport): readonly ClusterFinding[] {
  const found: ClusterFinding[] = [];
  if (split.length > 0) {
    const detail = `${split.length} lanes, e.g. ${split[0]}; its assignor is ${assignor || "unknown"}`;
    const fix =
      "read with the generated consumer, or with an assignor that gives partition p of all topics to one member (range, with equal subscriptions)";
    found.push(clusterFinding("split-lanes", groupId, detail, fix));
  } else if (assignor !== "" && assignor !== keylineAssignor) {
    const detail = `its assignor is ${assignor}; no lane is split now`;
    found.push(clusterFinding("assignor-foreign", groupId, detail, "another number of members may split lanes"));
  }
  if (unread.length > 0) {
    const [first] = unread;
    const detail = `${unread.length}, e.g. ${first?.topic}/${first?.partition}`;
    found.push(
      clusterFinding("unread-partitions", groupId, detail, "finish the deploy: members read different topics"),
    );
  }
  return found;
}

function splitLanes({ members }: GroupState, { domain, topics }: LaneTopics): readonly string[] {
  const owners = new Map<number, Set<string>>();
  for (const { memberId, partitions } of members) {
    for (const { topic, partition } of partitions) {
      if (!topics.includes(topic)) continue;
      const own = owners.get(partition) ?? new Set<string>();
      owners.set(partition, own.add(memberId));
    }
  }
  const split = [...owners].filter(([, own]) => own.size > 1).map(([partition]) => partition);
  return split.sort((one, other) => one - other).map((partition) => `${domain}/${partition}`);
}

function unreadPartitions(group: GroupState, counts: ReadonlyMap<string, number>): readonly TopicPartition[] {
  const owned = group.members.flatMap(({ partitions }) => partitions);
  return [...new Set(owned.map(({ topic }) => topic))].flatMap((topic) => {
    const own = new Set(owned.filter((one) => one.topic === topic).map(({ partition }) => partition));
    const all = Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition }));
    return all.filter(({ partition }) => !own.has(partition));
  });
}

async function lagOf(transport: Transport, committed: GroupState["committed"], nowMs: number): Promise<TopicLag[]> {
  const ranges = committed.length === 0 ? [] : await transport.logRanges(committed);
  const ends = committed.length === 0 ? [] : await transport.stableEnds(committed);
  const lags = new Map<string, { records: number; seconds: number }>();
  for (const [index, position] of committed.entries()) {
    const { start } = ranges[index] ?? { start: 0 };
    const end = ends[index] ?? 0;
    const from = Math.max(start, position.offset);
    const lag = lags.get(position.topic) ?? { records: 0, seconds: 0 };
    lags.set(position.topic, lag);
    if (from >= end) continue;
    lag.records += end - from;
    const waitsSinceMs = await firstTime(transport, position, { start: from, end });
    if (waitsSinceMs !== null) lag.seconds = Math.max(lag.seconds, (nowMs - waitsSinceMs) / 1000);
  }
  return [...lags].map(([topic, { records, seconds }]) => ({ topic, records, seconds: Math.max(0, seconds) }));
}

/** How long one partition's next record is waited for: an open transaction may hold it back. */
const firstTimeMs = 1000;

/** When the next record of a partition was written; null where it is not known. */
async function firstTime(transport: Transport, partition: TopicPartition, { start, end }: LogRange) {
  try {
    const signal = AbortSignal.timeout(firstTimeMs);
    for await (const { records } of transport.read(partition, { from: start, to: end }, { signal })) {
      const [first] = records;
      if (first) return first.timestampMs;
    }
  } catch {
    // A log that moves on meanwhile only costs this figure.
  }
  return null;
}
