/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record's headers: Kafka allows a name more than once and any bytes as value. */
export type Headers = readonly (readonly [name: string, value: Uint8Array])[];

/** A record to be appended. */
export interface ProducerRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
}

/** A record as it lies on a log. */
export interface ConsumerRecord extends ProducerRecord, TopicPartition {
  readonly offset: number;
  /**
   * Why it could not be read: it stands for all records of a batch, at the last of their offsets, and has no key, value or
   * headers. Readers refuse it (`batch_too_large`). Absent for a record that was read.
   */
  readonly unread?: string;
}

/** What one fetch brought of one partition. */
export interface RecordBatch extends TopicPartition {
  /** In order of offset; may be empty where the log has a gap (compaction, transaction markers). */
  readonly records: readonly ConsumerRecord[];
  /** The offset that was fetched from. All that the log has from here up to `nextOffset` is in `records`. */
  readonly fromOffset: number;
  /** The offset that the next fetch starts from: above the last record's, also past a gap. */
  readonly nextOffset: number;
  /** The log's end when it was fetched: the offset that the next appended record gets. */
  readonly logEnd: number;
}

/**
 * Topics whose partitions of one number belong to one consumer: an ordering domain,
 * or a topic without one, alone in its group.
 */
export interface LaneGroup {
  /** The domain's name, or the topic's for a topic without one. */
  readonly name: string;
  readonly topics: readonly string[];
  /** Partitions from this number on are given to no member: where keys are placed by a count, they hold none. Default all are given. */
  readonly partitions?: number;
}

/** Where reading of a partition starts. */
export interface StartPosition extends TopicPartition {
  /** The next offset to read. */
  readonly offset: number;
}

/** Why partitions are taken away: the group rebalances, the consumer stops, or it owns them no longer. */
export type RevocationReason = "rebalance" | "closed" | "lost";

/**
 * What a transport tells the consumer on top of it. Each `assigned` is followed by a `revoked` of the same partitions,
 * and only then by the next `assigned`. No two of these calls overlap, with one exception: where a `revoked` for
 * "rebalance" or "closed" runs when the partitions are lost, `revoked` is called for "lost" too, at once. While `assigned`
 * runs, no `revoked` is called, for any reason: it waits until `assigned` has settled. A rejection of either stops the
 * consumer with that error. Transports keep this order with `createAssignments`.
 */
export interface TransportConsumerEvents {
  /**
   * The group gave these partitions to this member. None of them is fetched before the promise
   * resolves with where to start, nor where they were taken away by then. `signal` fires when they are taken away: what
   * it waits for is of no use any more, and the promise should settle soon.
   */
  assigned(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<readonly StartPosition[]>;
  /**
   * These partitions are taken away, and nothing more is fetched of them. For "rebalance" and "closed" the transport waits
   * for the promise (no longer than its rebalance timeout, and no longer than the session lives), and commits still count;
   * for "lost" (the session ended, another member may own them already) it does not wait and drops commits.
   */
  revoked(partitions: readonly TopicPartition[], reason: RevocationReason): Promise<void>;
  /** Records came. Must only enqueue and return: a transport fetches nothing more until it has. */
  batch(batch: RecordBatch): void;
  /**
   * Partitions that some member of the group subscribes to and none reads, because no member reads their whole lane
   * (a rolling deploy). At least one member is told, at each assignment that leaves some, and with none once that is over.
   */
  unread?(partitions: readonly TopicPartition[]): void;
  /** The consumer cannot go on; it has stopped. */
  failed(error: unknown): void;
}

/** How a member of a consumer group is made. */
export interface TransportConsumerOptions {
  readonly groupId: string;
  /** What to subscribe to; every topic exists already. */
  readonly groups: readonly LaneGroup[];
  readonly events: TransportConsumerEvents;
  /** What this member's code knows beyond the protocol, for tools to see: `redelivery` (`keyline-redelivery`). */
  readonly announces?: readonly string[];
  /** Bytes that one fetch brings of one partition at most. */
  readonly maxBytesPerPartition?: number;
}

/** One member of a consumer group. */
export interface TransportConsumer {
  /** Joins the group. Resolves when joined; what it got at first is handed to `assigned` before, or in the same turn of the event loop. */
  start(): Promise<void>;
  /** The group's committed offsets (the next to read), null where there is none. Callable from within `assigned`. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly (number | null)[]>;
  /** Fetches no more of these until resumed. A batch already under way may still come. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /**
   * Records offsets (the next to read) for the group. What this member does not own any more is dropped
   * silently: a commit for another member's partition would set its owner back.
   */
  commit(offsets: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
  /**
   * The partition counts that the group's partitions were shared out by last, as this member was told; of a topic that is
   * not in it nothing is known. Where a topic has grown, the group shares out anew within the transport's `metadataIntervalMs`.
   */
  sharedOut(): ReadonlyMap<string, number>;
  /** The id of the topic whose log it reads under this name, another one once the topic was recreated; null where the brokers have no ids. */
  topicId(topic: string): string | null;
  /** Revokes with "closed", then leaves the group. */
  stop(): Promise<void>;
}

/**
 * Writes records. Callers keep at most one `append` in flight for a topic-partition: a second one is refused with
 * `options_invalid` before anything of it is written, and does not touch the first. Transports hold that with
 * `oneAppendAtATime`.
 */
export interface TransportProducer {
  connect(): Promise<void>;
  /**
   * Appends records to the end of one partition, in this order, and resolves with the first one's offset when
   * every in-sync replica has them; the others follow without a gap. Retries after a lost answer write nothing
   * twice and keep the place. Rejects with a KeylineError: one that is `retryable` was surely not written and may
   * be sent again at once in its place; `outcome_unknown` may or may not be in the log.
   */
  append(
    topic: string,
    partition: number,
    records: readonly ProducerRecord[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly offset: number }>;
  close(): Promise<void>;
}

/** The start and end of a log: its first offset, and the one that the next record gets (the high watermark). */
export interface LogRange {
  readonly start: number;
  readonly end: number;
}

/** How a partition is read. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  /**
   * Asked once for each record of the range: those whose key it refuses are left out of their batch, and nothing of them
   * but the key is read. Default: all are handed over, and made into objects.
   */
  readonly keep?: (key: Uint8Array | null) => boolean;
}

/** What stands between Keyline and a broker. Implementations hold no behaviour of the promises beyond what is said here. */
export interface Transport {
  /** A short name for messages and metrics, e.g. `memory`, `kafkajs`. */
  readonly name: string;
  /** No batch given to `append` may be larger (bytes of keys, values and headers together); a larger record is refused. */
  readonly maxBatchBytes: number;
  /** How often what the cluster says of its topics is asked for again. */
  readonly metadataIntervalMs: number;
  /** How long a member of a group may be silent before its partitions are given to others. */
  readonly sessionTimeoutMs: number;
  /** The cluster's id; positions of one cluster mean nothing on another. */
  clusterId(): Promise<string>;
  /** The partition count of each topic that exists, also of one that was made a moment ago. Creates none. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The range of each partition's log, in the order asked for; one may be asked for more than once, here and below. */
  logRanges(partitions: readonly TopicPartition[]): Promise<readonly LogRange[]>;
  /**
   * Where readers of committed records stop for now, in the order asked for: at the first record of the oldest transaction that
   * is open, else at the log's end (the last stable offset). What can be caught up with is measured by it; what is in the log, by
   * `logRanges`: an acknowledged record behind another producer's open transaction is.
   */
  stableEnds(partitions: readonly TopicPartition[]): Promise<readonly number[]>;
  /** For each partition the first offset whose record is stamped at or after the time, or its log's end. */
  offsetsAtTime(partitions: readonly TopicPartition[], timestampMs: number): Promise<readonly number[]>;
  /**
   * Reads one partition from an offset up to (not including) another, outside of any group. It may be a batch ahead of its
   * caller. Throws `offset_out_of_range` where the log has lost what comes next, and `timed_out` (to be tried again) where a
   * transaction stays open: what lies behind its first record cannot be read before it ends.
   */
  read(
    partition: TopicPartition,
    range: { readonly from: number; readonly to: number },
    options?: ReadOptions,
  ): AsyncIterable<RecordBatch>;
  /** For how long records of these topics are kept (milliseconds), of the one that keeps them longest; Infinity without an end. */
  retentionMs(topics: readonly string[]): Promise<number>;
  createProducer(): TransportProducer;
  createConsumer(options: TransportConsumerOptions): TransportConsumer;
  /**
   * Closes every producer, consumer and connection made through it. Those that have not ended after `timeoutMs` (default: as
   * long as they take) are not waited for any more: consumers lose their partitions, and what a producer has under way may
   * or may not be in the log.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** As `close` without a time. */
  [Symbol.asyncDispose](): Promise<void>;
}
