import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { ProducerRecord, TopicPartition, Transport } from "../ports/transport.js";
import type { Broker } from "./broker.js";
import type { MemoryConsumer } from "./consumer.js";
import type { Off, PartitionFilter } from "./switches.js";

/** Where a fault applies (default: everywhere) and how often (default: until it is turned off). */
export interface FaultOptions extends PartitionFilter {
  /** The fault ends after this many appends. */
  readonly count?: number;
}

/** A record of another producer; fields that are left out are null, empty or the current time. */
export type ForeignRecord = TopicPartition & Partial<ProducerRecord>;

/** Which consumers stall: every consumer of a transport, or a group's owner of a partition. */
export type StallTarget = Transport | (TopicPartition & { readonly groupId: string });

/** Faults of real clusters, on demand. A lasting fault returns a function that ends it. */
export interface MemoryFaults {
  /** The broker appends at once and answers late. */
  delayAnswers(options: FaultOptions & { readonly delayMs: number }): Off;
  /** The broker appends, and its answer is lost: the producer sends again, and the broker recognises the duplicate. */
  loseAnswers(options?: FaultOptions): Off;
  /** Appends fail before anything is written: `transport_unavailable`, retryable. */
  refuseAppends(options?: FaultOptions): Off;
  /**
   * The cluster cannot be reached: calls fail with `transport_unavailable`, fetches return nothing. Sessions are kept.
   */
  outage(): Off;
  /** The connection breaks for good during an append: `outcome_unknown`, whether the batch was written or not. */
  breakAppends(options: FaultOptions & { readonly written: boolean }): Off;
  /** Writes a record as it is, without any SDK. Returns its offset. */
  produce(record: ForeignRecord): number;
  /** Appends a copy of a record, as another producer's retry may do. Returns the copy's offset. */
  duplicate(position: RecordPosition): number;
  /**
   * Stops an owner's fetches and heartbeats; its handlers and timers go on, as in a zombie process. After
   * `expireAfterMs` (default the cluster's session timeout; 0: at once) other members take over and its commits are
   * dropped. The result wakes it: only then does it learn that its partitions are `lost`, and joins again.
   */
  stall(target: StallTarget, options?: { readonly expireAfterMs?: number }): Off;
  /** Revokes all partitions of all members of a group and assigns them again. */
  rebalance(groupId: string): void;
  /** Removes the end of a log: the next record gets offset `end` again. Acknowledged records are lost. */
  truncate(partition: TopicPartition, end: number): void;
  /** Deletes and recreates a topic under its name: empty logs from offset 0, committed offsets removed. */
  recreateTopic(topic: string): void;
  /** Deletes the records below an offset, as retention does. */
  deleteRecords(partition: TopicPartition, before: number): void;
  /** Leaves a gap at the end of a log, as transaction markers do. Default 1 offset. */
  skipOffsets(partition: TopicPartition, offsets?: number): void;
  /**
   * Another producer's transaction stays open: records that are appended from now on can be read only after the result
   * has ended it.
   */
  openTransaction(partition: TopicPartition): Off;
  /** Removes records and leaves gaps, as compaction does. */
  compact(partition: TopicPartition, offsets: Iterable<number>): void;
  /** Fetches nothing from these partitions, so that records of other partitions arrive much earlier. */
  holdFetches(filter?: PartitionFilter): Off;
  /** Clients that ask from now on get another cluster id, as behind a mirror. */
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
