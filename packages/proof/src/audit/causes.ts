import type { RecordPosition, TopicDescriptor, Transport } from "@keyline/runtime";
import { headerNames, headerText, parseAfter } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";

/** An event whose cause was not in the log as far as was known when it was read. */
export interface Suspect<Item> {
  readonly item: Item;
  readonly cause: RecordPosition;
}

/** How many causes were looked at, and how many mean nothing here. */
export interface CauseCounts {
  readonly checked: number;
  /** Events that name another cluster's positions: a mirror's. */
  readonly ofOtherClusters: number;
  /** Entries about topics of no, or another, domain. */
  readonly ofOtherDomains: number;
}

/**
 * Looks whether what events say that they come after is in the log. A cause is acknowledged before its effect is sent, so
 * an end that is asked for after the effect was read lies above it. What lies below the log's start has expired, which is not a fault.
 */
export interface CauseCheck<Item> {
  /** Told of each batch: the log reaches at least so far. */
  reaches(topic: string, partition: number, end: number): void;
  /**
   * Whether the event's header is malformed, or names a record on another lane. A record that strays is not on its key's
   * lane, so the lane is not checked for it. What is suspicious waits for `settle`.
   */
  check(
    record: ConsumerRecord,
    topic: TopicDescriptor,
    strays: boolean,
    item: () => Item,
  ): "malformed" | "elsewhere" | "fine";
  /** Whether so many wait that `settle` should be called: memory is bounded by it. */
  isFull(): boolean;
  /** Asks the cluster again about what is suspicious. Resolves to what is missing for sure. */
  settle(transport: Transport): Promise<readonly Suspect<Item>[]>;
  counts(): CauseCounts;
}

const mostSuspects = 1000;

export function createCauseCheck<Item>(clusterId: string): CauseCheck<Item> {
  // Invariant: each partition's log reaches at least as far as `ends` says; `suspects` are the causes that lay
  // beyond it when they were read and were not asked about since; the counts never go back.
  const ends = new Map<string, number[]>();
  let suspects: Suspect<Item>[] = [];
  let [checked, ofOtherClusters, ofOtherDomains] = [0, 0, 0];

  const endOf = (topic: string, partition: number) => ends.get(topic)?.[partition] ?? 0;

  const reaches = (topic: string, partition: number, end: number) => {
    const known = ends.get(topic) ?? [];
    if ((known[partition] ?? 0) < end) known[partition] = end;
    ends.set(topic, known);
  };

  return {
    reaches,
    check(record, { domain }, strays, item) {
      const text = headerText(record.headers, headerNames.after);
      if (text === null || domain === null) return "fine";
      const cluster = headerText(record.headers, headerNames.cluster);
      if (cluster !== null && cluster !== clusterId) {
        ofOtherClusters += 1;
        return "fine";
      }
      const { entries, malformed } = parseAfter(text);
      let impossible = malformed;
      let elsewhere = 0;
      for (const cause of entries) {
        checked += 1;
        if (!domain.topics.includes(cause.topic)) ofOtherDomains += 1;
        else if (cause.offset >= endOf(cause.topic, cause.partition)) suspects.push({ item: item(), cause });
        // Nothing comes after itself, nor after what came later.
        else if (isOwnOrLater(cause, record)) impossible += 1;
        else if (cause.partition !== record.partition) elsewhere += 1;
      }
      if (impossible > 0) return "malformed";
      return elsewhere > 0 && !strays ? "elsewhere" : "fine";
    },
    isFull: () => suspects.length >= mostSuspects,
    async settle(transport) {
      const asked = suspects;
      suspects = [];
      const partitions = new Map(asked.map(({ cause }) => [`${cause.topic}/${cause.partition}`, cause]));
      for (const { topic, partition } of partitions.values()) {
        // One by one: a partition that does not exist spoils the answer for all.
        const counts = await transport.partitionCounts([topic]);
        if (partition >= (counts.get(topic) ?? 0)) continue;
        const [range] = await transport.logRanges([{ topic, partition }]);
        if (range) reaches(topic, partition, range.end);
      }
      return asked.filter(({ cause }) => cause.offset >= endOf(cause.topic, cause.partition));
    },
    counts: () => ({ checked, ofOtherClusters, ofOtherDomains }),
  };
}

const isOwnOrLater = (cause: RecordPosition, { topic, partition, offset }: ConsumerRecord): boolean =>
  cause.topic === topic && cause.partition === partition && cause.offset >= offset;
