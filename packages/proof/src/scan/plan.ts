import { isKeylineError, type TopicPartition, type Transport } from "@keyline/runtime";

/** A part of one partition's log: from an offset up to (not including) another. */
export interface ScanRange extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

/** A topic of which nothing can be read, and why. */
export interface UnreadTopic {
  readonly topic: string;
  readonly reason: string;
}

/** What a scan is going to read. */
export interface ScanPlan {
  /** Partitions that have something to read, topic by topic. */
  readonly ranges: readonly ScanRange[];
  /** The partition count of each topic that can be read, an empty one too. */
  readonly partitionCounts: ReadonlyMap<string, number>;
  /** Topics that the cluster does not have. */
  readonly missing: readonly string[];
  /** Topics that the cluster refuses to tell about. */
  readonly refused: readonly UnreadTopic[];
}

/** Which part of the topics is read. */
export interface PlanOptions {
  readonly topics: readonly string[];
  /** From the first record stamped at or after this time (milliseconds since 1970). Default: the logs' start. */
  readonly sinceMs?: number | undefined;
  /** Up to the first record stamped at or after this time. Default: the logs' end, as it is when asked. */
  readonly untilMs?: number | undefined;
}

/** How many topics are asked about at once. */
const questions = 8;

/**
 * Asks the cluster what there is to read; times are looked up as offsets, so that nothing outside them is fetched.
 * Rejects with `transport_unavailable` when the cluster cannot be asked; a topic that it refuses is in the plan.
 */
export async function planScan(transport: Transport, options: PlanOptions): Promise<ScanPlan> {
  const ranges: ScanRange[] = [];
  const partitionCounts = new Map<string, number>();
  const missing: string[] = [];
  const refused: UnreadTopic[] = [];
  const { topics } = options;
  for (let at = 0; at < topics.length; at += questions) {
    const some = topics.slice(at, at + questions);
    const found = await Promise.all(some.map((topic) => planTopic(transport, topic, options)));
    found.forEach((one, index) => {
      const topic = some[index] ?? "";
      if (one === null) missing.push(topic);
      else if ("reason" in one) refused.push(one);
      else {
        partitionCounts.set(topic, one.length);
        ranges.push(...one.filter(({ from, to }) => to > from));
      }
    });
  }
  return { ranges, partitionCounts, missing, refused };
}

async function planTopic(
  transport: Transport,
  topic: string,
  { sinceMs, untilMs }: PlanOptions,
): Promise<readonly ScanRange[] | UnreadTopic | null> {
  try {
    const count = (await transport.partitionCounts([topic])).get(topic);
    if (count === undefined) return null;
    const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    const logs = await transport.logRanges(partitions);
    const since = sinceMs === undefined ? [] : await transport.offsetsAtTime(partitions, sinceMs);
    const until = untilMs === undefined ? [] : await transport.offsetsAtTime(partitions, untilMs);
    return partitions.map((partition, index) => {
      const { start, end } = logs[index] ?? { start: 0, end: 0 };
      return { ...partition, from: Math.max(start, since[index] ?? start), to: Math.min(end, until[index] ?? end) };
    });
  } catch (caught) {
    if (!isKeylineError(caught) || caught.code !== "transport_denied") throw caught;
    return { topic, reason: caught.rawMessage };
  }
}
