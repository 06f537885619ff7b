import { planScan, type ScanRange } from "@keyline/proof";
import { isKeylineError, type TopicDescriptor, type Transport } from "@keyline/runtime";
import { deadLetterTopic, partitionOf } from "@keyline/runtime/tools";

/** What of a history was not read, and why. */
export interface NotRead {
  /** A topic, a topic-partition, or the store. */
  readonly what: string;
  readonly code: string;
  readonly message: string;
}

/** A partition that is read. */
export interface ReadPlace extends ScanRange {
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

/** Finds the part of each partition that can hold events of the key: a topic that fails does not stop the others. */
export async function planReading(options: PlanOptions): Promise<ReadPlan> {
  const { untilMs } = options;
  const [records, deadLetters] = await Promise.all([
    planKind(options, false, untilMs === null ? null : untilMs + clockSlackMs),
    // What is in time may have been given up long after.
    planKind(options, true, null),
  ]);
  return {
    places: [...records.places, ...deadLetters.places],
    missing: records.missing,
    notRead: [...records.notRead, ...deadLetters.notRead],
  };
}

/** Plans the topics themselves, or their dead letters. */
async function planKind(options: PlanOptions, isDeadLetters: boolean, untilMs: number | null): Promise<ReadPlan> {
  const { transport, topics, key, sinceMs, everywhere } = options;
  const addressOf = ({ address }: TopicDescriptor) => (isDeadLetters ? deadLetterTopic(address) : address);
  const descriptors = new Map(topics.map((descriptor) => [addressOf(descriptor), descriptor]));
  const laneOf = (topic: string, count: number) =>
    partitionOf(descriptors.get(topic)?.domain?.partitioner ?? "murmur2", key, count);
  const plan = await planScan(transport, {
    topics: [...descriptors.keys()],
    sinceMs: sinceMs ?? undefined,
    untilMs: untilMs ?? undefined,
    partitionsOf: everywhere ? undefined : (topic, count) => [laneOf(topic, count)],
  });
  return {
    places: plan.ranges.flatMap((range) => {
      const descriptor = descriptors.get(range.topic);
      const of = plan.partitionCounts.get(range.topic) ?? 0;
      return descriptor ? [{ ...range, descriptor, isDeadLetters, lane: laneOf(range.topic, of), of }] : [];
    }),
    missing: plan.missing,
    notRead: plan.refused.map(({ topic, code, reason }) => ({ what: topic, code, message: reason })),
  };
}

/** Why something was not read. */
export function notReadOf(what: string, caught: unknown): NotRead {
  if (isKeylineError(caught)) return { what, code: caught.code, message: caught.rawMessage };
  return { what, code: "unknown", message: caught instanceof Error ? caught.message : String(caught) };
}
