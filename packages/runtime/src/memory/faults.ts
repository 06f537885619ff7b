import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { ProducerRecord, TopicPartition, Transport } from "../ports/transport.js";
import type { Broker } from "./broker.js";
import type { MemoryConsumer } from "./consumer.js";
import type { Off, PartitionFilter } from "./switches.js";

/** Where a fault applies (without fields: everywhere) and how often (default: until it is turned off). */
export interface FaultOptions extends PartitionFilter {
  /** After this many appends the fault is used up. */
  readonly count?: number;
}

/** A record as some other producer writes it; what is left out is null, empty or the time now. */
export type ForeignRecord = TopicPartition & Partial<ProducerRecord>;

/** What stalls: every consumer of a transport, or a group's owner of a partition. */
export type StallTarget = Transport | (TopicPartition & { readonly groupId: string });

/** What goes wrong on real clusters, on demand. What lasts returns a function that ends it. */
export interface MemoryFaults {
  /** The broker appends at once and answers late. */
  delayAnswers(options: FaultOptions & { readonly delayMs: number }): Off;
  /** The broker appends and its answer is lost: the producer sends again, and the broker knows the copy. */
  loseAnswers(options?: FaultOptions): Off;
  /** Appends fail before anything is written: `transport_unavailable`, retryable. */
  refuseAppends(options?: FaultOptions): Off;
  /** Nothing reaches the cluster: calls fail with `transport_unavailable`, fetches bring nothing. Sessions are kept. */
  outage(): Off;
  /** The connection breaks for good while an append is under way: `outcome_unknown`, the batch written or not. */
  breakAppends(options: FaultOptions & { readonly written: boolean }): Off;
  /** Writes a record as it is, from outside of every SDK. Returns its offset. */
  produce(record: ForeignRecord): number;
  /** Appends a copy of a record, as another producer's careless retry does. Returns the copy's offset. */
  duplicate(position: RecordPosition): number;
  /**
   * Stops an owner's fetches and heartbeats; its handlers and timers go on, as a zombie's do. After `expireAfterMs`
   * (default the cluster's session timeout; 0: at once) others take over and its commits are dropped. The result
   * wakes it: only then it hears that its partitions are `lost`, and joins again.
   */
  stall(target: StallTarget, options?: { readonly expireAfterMs?: number }): Off;
  /** Takes everything from all members of a group and assigns again. */
  rebalance(groupId: string): void;
  /** Cuts the end off a log: the next record gets offset `end` again. Acknowledged records are gone. */
  truncate(partition: TopicPartition, end: number): void;
  /** Deletes a topic and recreates it under its name: empty logs from offset 0, committed offsets forgotten. */
  recreateTopic(topic: string): void;
  /** Deletes the records below an offset, as retention does. */
  deleteRecords(partition: TopicPartition, before: number): void;
  /** Leaves a gap at the end of a log, as transaction markers do. Default 1 offset. */
  skipOffsets(partition: TopicPartition, offsets?: number): void;
  /** Another producer's transaction stays open: what is appended from now on is handed over only when the result ends it. */
  openTransaction(partition: TopicPartition): Off;
  /** Takes records away and leaves gaps, as compaction does. */
  compact(partition: TopicPartition, offsets: Iterable<number>): void;
  /** Fetches nothing of these partitions, so that what lies on others comes rounds before it. */
  holdFetches(filter?: PartitionFilter): Off;
  /** Clients that ask from now on hear another cluster's id, as behind a mirror. */
  changeClusterId(clusterId: string): void;
}

/** @see MemoryFaults */
export function createMemoryFaults(broker: Broker): MemoryFaults {
  const { faults, topics } = broker;

  const stalling = (target: StallTarget): MemoryConsumer[] => {
    if (!("groupId" in target))
      return [...broker.consumers].filter(([, owner]) => owner === target).map(([consumer]) => consumer);
    const owner = broker.ownerOf(target.groupId, target);
    if (owner) return [owner];
    throw new KeylineError(
      "options_invalid",
      `no member of ${target.groupId} owns ${target.topic}/${target.partition}: none can stall`,
    );
  };

  const refetch = () => {
    for (const consumer of broker.consumers.keys()) consumer.refetch();
  };

  return {
    delayAnswers: ({ delayMs, ...options }) => faults.answersLate.on(delayMs, options),
    loseAnswers: (options = {}) => faults.answersLost.on(true, options),
    refuseAppends: (options = {}) => faults.appendsRefused.on(true, options),
    outage() {
      broker.network.setDown(true);
      return () => {
        broker.network.setDown(false);
        refetch();
      };
    },
    breakAppends: ({ written, ...options }) => faults.outcomesUnknown.on({ written }, options),
    produce({ topic, partition, key = null, value = null, headers = [], timestampMs = Date.now() }) {
      return topics.log({ topic, partition }).append([{ key, value, headers, timestampMs }]);
    },
    duplicate(position) {
      const log = topics.log(position);
      const [record] = log.records(position.offset);
      if (record?.offset === position.offset) return log.append([record]);
      throw new KeylineError(
        "options_invalid",
        `${position.topic}/${position.partition} has no record at ${position.offset}`,
      );
    },
    stall(target, { expireAfterMs } = {}) {
      const consumers = stalling(target);
      for (const consumer of consumers) consumer.stall(expireAfterMs);
      return () => consumers.forEach((consumer) => void consumer.wake());
    },
    rebalance: (groupId) => broker.group(groupId).rebalance(),
    truncate: (partition, end) => topics.log(partition).truncate(end),
    recreateTopic(topic) {
      for (const [, group] of broker.groups()) group.forgetTopic(topic);
      for (const log of topics.logs(topic)) log.reset();
    },
    deleteRecords: (partition, before) => topics.log(partition).deleteBefore(before),
    skipOffsets: (partition, offsets = 1) => topics.log(partition).skip(offsets),
    openTransaction: (partition) => topics.log(partition).openTransaction(),
    compact: (partition, offsets) => topics.log(partition).remove(offsets),
    holdFetches(filter = {}) {
      const off = broker.fetchesHeld.on(true, filter);
      return () => {
        off();
        refetch();
      };
    },
    changeClusterId(clusterId) {
      broker.clusterId = clusterId;
    },
  };
}
