import { isKeylineError, type KeylineError, type Transport } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";

/** A part of one partition's log: from an offset up to (not including) another. */
export interface ScanRange extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

/** A topic that cannot be read, with the reason. */
export interface UnreadTopic {
  readonly topic: string;
  /** The runtime's code of the error. */
  readonly code: string;
  readonly reason: string;
}

/** The part of the logs that a scan will read. */
export interface ScanPlan {
  /** The range of each partition, topic by topic; `from` equals `to` if it is empty. */
  readonly ranges: readonly ScanRange[];
  /** The partition count of each topic that can be read, including empty ones. */
  readonly partitionCounts: ReadonlyMap<string, number>;
  /** Topics that the cluster does not have. */
  readonly missing: readonly string[];
  /** Topics that the cluster does not report. */
  readonly refused: readonly UnreadTopic[];
}

/** The part of the topics to read. */
export interface PlanOptions {
  readonly topics: readonly string[];
  /**
   * From the first record with a timestamp at or after this time (milliseconds since 1970). Default: from the logs'
   * start.
   */
  readonly sinceMs?: number | undefined;
  /**
   * Up to the first record with a timestamp at or after this time. Default: up to the logs' end at the time of the
   * call.
   */
  readonly untilMs?: number | undefined;
  /** Which of a topic's partitions are read. Default all. */
  readonly partitionsOf?: ((topic: string, count: number) => readonly number[]) | undefined;
}

/** How many topics are asked about at once, where they have to be asked about one by one. */
const questions = 8;

/**
 * Asks the cluster for the ranges to read; times become offsets, so that no record outside of them is fetched. Topics
 * that it does not report are in the plan. Rejects if no broker answers for any of them.
 */
export async function planScan(transport: Transport, options: PlanOptions): Promise<ScanPlan> {
  // In a few requests for all; one topic that fails them is found by asking for each.
  return (await planTopics(transport, options).catch(() => null)) ?? (await planEach(transport, options));
}

async function planEach(transport: Transport, options: PlanOptions): Promise<ScanPlan> {
  const waiting = [...options.topics];
  const plans: ScanPlan[] = [];
  while (waiting.length > 0) {
    const errors: KeylineError[] = [];
    const refused = (topic: string) => (caught: unknown) => {
      if (!isKeylineError(caught)) throw caught;
      errors.push(caught);
      return { ...nothing, refused: [{ topic, code: caught.code, reason: caught.rawMessage }] };
    };
    const some = waiting
      .splice(0, questions)
      .map((topic) => planTopics(transport, { ...options, topics: [topic] }).catch(refused(topic)));
    const found = await Promise.all(some);
    const [first] = errors;
    const isSilent = errors.length === some.length && errors.every(({ code }) => code === "transport_unavailable");
    // Each takes as long as a timeout: the others are not tried.
    if (first && isSilent && plans.length === 0) throw first;
    plans.push(...found);
  }
  return {
    ranges: plans.flatMap(({ ranges }) => ranges),
    partitionCounts: new Map(plans.flatMap(({ partitionCounts }) => [...partitionCounts])),
    missing: plans.flatMap(({ missing }) => missing),
    refused: plans.flatMap(({ refused }) => refused),
  };
}

const nothing: ScanPlan = { ranges: [], partitionCounts: new Map(), missing: [], refused: [] };

/** Rejects where one of the topics cannot be asked about. */
async function planTopics(
  transport: Transport,
  { topics, sinceMs, untilMs, partitionsOf = allOf }: PlanOptions,
): Promise<ScanPlan> {
  const partitionCounts = await transport.partitionCounts(topics);
  const partitions = topics.flatMap((topic) => {
    const count = partitionCounts.get(topic);
    return count === undefined ? [] : partitionsOf(topic, count).map((partition) => ({ topic, partition }));
  });
  const logs = await transport.logRanges(partitions);
  const since = sinceMs === undefined ? [] : await transport.offsetsAtTime(partitions, sinceMs);
  const until = untilMs === undefined ? [] : await transport.offsetsAtTime(partitions, untilMs);
  const ranges = partitions.map((partition, index) => {
    const { start, end } = logs[index] ?? { start: 0, end: 0 };
    const from = Math.max(start, since[index] ?? start);
    return { ...partition, from, to: Math.max(from, Math.min(end, until[index] ?? end)) };
  });
  return {
    ranges,
    // In the order that was asked for, whatever the transport's.
    partitionCounts: new Map(topics.flatMap((topic) => entryOf(topic, partitionCounts.get(topic)))),
    missing: topics.filter((topic) => !partitionCounts.has(topic)),
    refused: [],
  };
}

const allOf = (_: string, count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const entryOf = (topic: string, count: number | undefined): (readonly [string, number])[] =>
  count === undefined ? [] : [[topic, count]];
