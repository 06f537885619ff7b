import {
  deadLetterTopic,
  isKeylineError,
  type LogRange,
  type PartitionScan,
  partitionOf,
  type TopicDescriptor,
  type TopicPartition,
  type Transport,
} from "@keyline/runtime";
import { placeName } from "./merge.js";

/** What of a history was not read, and why. */
export interface NotRead {
  /** A topic, a topic-partition, or the store. */
  readonly what: string;
  readonly code: string;
  readonly message: string;
}

/** A partition that is read. */
export interface ReadPlace extends PartitionScan {
  readonly descriptor: TopicDescriptor;
  readonly isDeadLetters: boolean;
  /** The partition that the key belongs to on this topic. */
  readonly lane: number;
  /** How many partitions the topic has. */
  readonly of: number;
}

/** What is read of a cluster. */
export interface ReadPlan {
  readonly places: readonly ReadPlace[];
  /** Ranges of the logs that were asked for, by {@link placeName}. */
  readonly logs: ReadonlyMap<string, LogRange>;
  /** Topics of the contract that the cluster does not have. */
  readonly missing: readonly string[];
  readonly notRead: readonly NotRead[];
}

/** What is to be read. */
export interface PlanOptions {
  readonly transport: Transport;
  readonly topics: readonly TopicDescriptor[];
  readonly key: Buffer;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** Every partition, not the key's alone. */
  readonly everywhere: boolean;
}

/**
 * An event stamped in time may lie behind one stamped by a clock that is ahead: so much further is read. Brokers refuse
 * what is stamped further ahead (`message.timestamp.after.max.ms`).
 */
const clockSlackMs = 3_600_000;

/** Finds the part of each partition that can hold events of the key, topic by topic: one that fails is no reason to skip the others. */
export async function planReading(options: PlanOptions): Promise<ReadPlan> {
  const wanted = options.topics.flatMap((descriptor) => [
    { descriptor, address: descriptor.address, isDeadLetters: false },
    { descriptor, address: deadLetterTopic(descriptor.address), isDeadLetters: true },
  ]);
  const planned = await Promise.all(wanted.map((topic) => planTopic(topic, options)));
  return {
    places: planned.flatMap(({ places }) => places),
    logs: new Map(planned.flatMap(({ logs }) => logs)),
    missing: wanted.flatMap(({ address, isDeadLetters }, index) =>
      planned[index]?.isMissing && !isDeadLetters ? [address] : [],
    ),
    notRead: planned.flatMap(({ notRead }) => notRead),
  };
}

interface WantedTopic {
  readonly descriptor: TopicDescriptor;
  readonly address: string;
  readonly isDeadLetters: boolean;
}

interface TopicPlan {
  readonly places: readonly ReadPlace[];
  readonly logs: readonly (readonly [string, LogRange])[];
  readonly isMissing: boolean;
  readonly notRead: readonly NotRead[];
}

const nothing: TopicPlan = { places: [], logs: [], isMissing: false, notRead: [] };

async function planTopic(topic: WantedTopic, options: PlanOptions): Promise<TopicPlan> {
  const { descriptor, address, isDeadLetters } = topic;
  const { transport, key, everywhere } = options;
  try {
    const count = (await transport.partitionCounts([address])).get(address);
    if (count === undefined) return { ...nothing, isMissing: true };
    const lane = partitionOf(descriptor.domain?.partitioner ?? "murmur2", key, count);
    const partitions = everywhere ? Array.from({ length: count }, (_, partition) => partition) : [lane];
    const asked = partitions.map((partition) => ({ topic: address, partition }));
    const logs = await transport.logRanges(asked);
    // What is in time may have been given up long after.
    const windows = await windowsOf(asked, logs, isDeadLetters ? { ...options, untilMs: null } : options);
    return {
      ...nothing,
      places: asked.map((place, index) => ({
        ...place,
        ...(windows[index] ?? { from: 0, to: 0 }),
        ...{ descriptor, isDeadLetters, lane, of: count },
      })),
      logs: asked.map((place, index) => [placeName(place), logs[index] ?? { start: 0, end: 0 }] as const),
    };
  } catch (caught) {
    return { ...nothing, notRead: [notReadOf(address, caught)] };
  }
}

/** The offsets between two moments; a log's range where no moment is given. */
async function windowsOf(
  places: readonly TopicPartition[],
  logs: readonly LogRange[],
  { transport, sinceMs, untilMs }: PlanOptions,
): Promise<readonly { readonly from: number; readonly to: number }[]> {
  const since = sinceMs === null ? [] : await transport.offsetsAtTime(places, sinceMs);
  const until = untilMs === null ? [] : await transport.offsetsAtTime(places, untilMs + clockSlackMs);
  return logs.map(({ start, end }, index) => ({
    from: Math.max(start, since[index] ?? start),
    to: Math.min(end, until[index] ?? end),
  }));
}

/** Why something was not read. */
export function notReadOf(what: string, caught: unknown): NotRead {
  if (isKeylineError(caught)) return { what, code: caught.code, message: caught.rawMessage };
  return { what, code: "unknown", message: caught instanceof Error ? caught.message : String(caught) };
}
