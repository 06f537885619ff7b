/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record's headers: Kafka allows several of one name, and any bytes as values. */
export type Headers = readonly (readonly [name: string, value: Uint8Array])[];

/** A record to append. */
export interface ProducerRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
}

/** A record in a log. */
export interface ConsumerRecord extends ProducerRecord, TopicPartition {
  readonly offset: number;
  /**
   * Why a batch could not be read: this record represents all records of the batch, has the last of their offsets, and
   * has no key, value or headers. Readers refuse it (`batch_too_large`). Absent for a record that was read.
   */
  readonly unread?: string;
}

/** The records of one partition from one fetch. */
export interface RecordBatch extends TopicPartition {
  /** In order of offset; may be empty if the log has a gap (compaction, transaction markers). */
  readonly records: readonly ConsumerRecord[];
  /** The offset of the fetch. `records` has everything that the log has from here up to `nextOffset`. */
  readonly fromOffset: number;
  /** The offset of the next fetch: above the last record's, also after a gap. */
  readonly nextOffset: number;
  /** The log's end at the time of the fetch: the offset of the next appended record. */
  readonly logEnd: number;
}

/**
 * Topics whose partitions with the same number belong to one consumer: the topics of an ordering domain, or a single
 * topic without one.
 */
export interface LaneGroup {
  /** The domain's name, or the topic's for a topic without one. */
  readonly name: string;
  readonly topics: readonly string[];
  /**
   * Partitions from this number on are not assigned: in a domain whose keys use this count they hold no keys. Default:
   * all are assigned.
   */
  readonly partitions?: number;
}

/** Where reading of a partition starts. */
export interface StartPosition extends TopicPartition {
  /** The next offset to read. */
  readonly offset: number;
}

/** Why partitions are taken away: the group rebalances, the consumer stops, or the consumer no longer owns them. */
export type RevocationReason = "rebalance" | "closed" | "lost";

/**
 * The calls from a transport to the consumer. Each `assigned` is followed by a `revoked` of the same partitions, and
 * only then by the next `assigned`. These calls do not overlap, with one exception: if a `revoked` for "rebalance" or
 * "closed" is running when the partitions are lost, `revoked` is also called for "lost", at once. While `assigned`
 * runs, `revoked` is not called for any reason: it waits until `assigned` has settled. If either rejects, the consumer
 * stops with that error. Transports keep this order with `createAssignments`.
 */
export interface TransportConsumerEvents {
  /**
   * The group assigned these partitions to this member. It has to be called for a member without a lane, too, with an empty
   * list: only then does `check` find that the member is in its group. None of them is fetched before the promise resolves with the
   * start positions, and none that was taken away meanwhile. `signal` fires when they are taken away: the promise
   * should then settle soon.
   */
  assigned(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<readonly StartPosition[]>;
  /**
   * These partitions are taken away and no longer fetched. For "rebalance" and "closed" the transport waits for the
   * promise (at most for its rebalance timeout and as long as the session lives), and commits still count. For "lost"
   * (the session ended, and another member may own them already) it does not wait, and drops commits.
   */
  revoked(partitions: readonly TopicPartition[], reason: RevocationReason): Promise<void>;
  /** Records arrived. It must only enqueue them and return: a transport fetches no more until it has. */
  batch(batch: RecordBatch): void;
  /**
   * Partitions that some member of the group subscribes to and no member reads, because no member reads their whole
   * lane (a rolling deploy). At least one member is called at each assignment that leaves some, and with an empty list
   * once that is over.
   */
  unread?(partitions: readonly TopicPartition[]): void;
  /** The consumer cannot go on; it has stopped. */
  failed(error: unknown): void;
}

/** The options of a member of a consumer group. */
export interface TransportConsumerOptions {
  readonly groupId: string;
  /**
   * Makes it a static member (KIP-345): one that stops keeps its partitions until its session ends, and the next one
   * with the same id takes them over without a rebalance, also from one that is still running, which is passed
   * `instance_fenced`. Default none.
   */
  readonly instanceId?: string | undefined;
  /** The topics to subscribe to; every one exists already. */
  readonly groups: readonly LaneGroup[];
  readonly events: TransportConsumerEvents;
  /** Features of this member's code, for tools to see: `redelivery` (`keyline-redelivery`). */
  readonly announces?: readonly string[];
  /** The maximum number of bytes of one partition in one fetch. */
  readonly maxBytesPerPartition?: number;
}

/** A member of a consumer group. */
export interface TransportConsumer {
  /**
   * Joins the group. Resolves when joined; the first partitions are passed to `assigned` before that, or in the same
   * turn of the event loop.
   */
  start(): Promise<void>;
  /** The group's committed offsets (the next to read); null if there is none. May be called from within `assigned`. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly (number | null)[]>;
  /** Stops fetching these partitions until they are resumed. A batch that is in flight may still arrive. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /**
   * Commits offsets (the next to read) for the group. Offsets of partitions that this member no longer owns are dropped
   * silently: committing them would set their owner back.
   */
  commit(offsets: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
  /**
   * The partition counts by which the group's partitions were last assigned, as far as this member knows; topics that
   * it does not know are missing. If a topic has grown, the group assigns again within the transport's
   * `metadataIntervalMs`.
   */
  sharedOut(): ReadonlyMap<string, number>;
  /**
   * The id of the topic whose log it reads under this name; a recreated topic has another one. Null if the brokers have
   * no ids.
   */
  topicId(topic: string): string | null;
  /** Revokes with "closed", then leaves the group; a static member does that only with `leave`. */
  stop(options?: { readonly leave?: boolean }): Promise<void>;
}

/**
 * Writes records. Callers have at most one `append` in flight for a topic-partition: a second one is refused with
 * `options_invalid` before anything of it is written, and does not affect the first. Transports enforce that with
 * `oneAppendAtATime`.
 */
export interface TransportProducer {
  connect(): Promise<void>;
  /**
   * Appends records to the end of one partition, in this order, and resolves with the first record's offset when every
   * in-sync replica has them; the others follow without a gap. Retries after a lost answer write nothing twice and keep
   * the order. Rejects with a KeylineError: if it is `retryable`, nothing was written and the records may be sent again
   * at once; with `outcome_unknown` they may or may not be in the log.
   */
  append(
    topic: string,
    partition: number,
    records: readonly ProducerRecord[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly offset: number }>;
  close(): Promise<void>;
}

/** The start and end of a log: its first offset, and the offset of the next record (the high watermark). */
export interface LogRange {
  readonly start: number;
  readonly end: number;
}

/** How a partition is read. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  /**
   * Called with the key of each record; records for which it returns false are left out, and the rest of them is not
   * read. Default: all records are returned.
   */
  readonly keep?: (key: Uint8Array | null) => boolean;
}

/**
 * The connection between Keyline and a broker. An implementation does what is described here, and nothing else of the
 * promises.
 */
export interface Transport {
  /** A short name for messages and metrics, e.g. `memory`, `kafkajs`. */
  readonly name: string;
  /**
   * The maximum size of a batch for `append` (bytes of keys, values and headers together); a larger record is refused.
   */
  readonly maxBatchBytes: number;
  /** How often the metadata of topics is refreshed. */
  readonly metadataIntervalMs: number;
  /** How long a member of a group may be silent before its partitions are assigned to other members. */
  readonly sessionTimeoutMs: number;
  /** The cluster's id; positions of one cluster are meaningless on another. */
  clusterId(): Promise<string>;
  /** The partition count of each topic that exists, including topics that were created a moment ago. Creates none. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /**
   * The range of each partition's log, in the order of the arguments; a partition may occur more than once, here and
   * below.
   */
  logRanges(partitions: readonly TopicPartition[]): Promise<readonly LogRange[]>;
  /**
   * The last stable offsets, in the order of the arguments: where readers of committed records stop for now, at the
   * first record of the oldest open transaction, else at the log's end. They bound how far a reader can catch up;
   * `logRanges` says what is in the log, including acknowledged records behind another producer's open transaction.
   */
  stableEnds(partitions: readonly TopicPartition[]): Promise<readonly number[]>;
  /** For each partition the first offset whose record has a timestamp at or after the time, or its log's end. */
  offsetsAtTime(partitions: readonly TopicPartition[], timestampMs: number): Promise<readonly number[]>;
  /**
   * Reads one partition from an offset up to (not including) another, outside of any group. It may be a batch ahead of
   * its caller. Throws `offset_out_of_range` if the log has lost the next record, and `timed_out` (retryable) if a
   * transaction stays open: the records behind its first one cannot be read before it ends.
   */
  read(
    partition: TopicPartition,
    range: { readonly from: number; readonly to: number },
    options?: ReadOptions,
  ): AsyncIterable<RecordBatch>;
  /** The longest retention of these topics (milliseconds); Infinity if one keeps records forever. */
  retentionMs(topics: readonly string[]): Promise<number>;
  createProducer(): TransportProducer;
  createConsumer(options: TransportConsumerOptions): TransportConsumer;
  /**
   * Closes every producer, consumer and connection of this transport. Those that have not ended after `timeoutMs`
   * (default: no limit) are abandoned: consumers lose their partitions, and records in flight may or may not be in the
   * log.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** The same as `close` without a limit. */
  [Symbol.asyncDispose](): Promise<void>;
}
