import type { TopicPartition } from "../ports/transport.js";

/** What a consumer knows of one topic-partition that it owns. */
export interface PartitionLog extends TopicPartition {
  /** The fetch position: every record below it was received, or lies in a gap. */
  next: number;
  /** Offsets that were received and are not finished, in order. */
  readonly unfinished: Set<number>;
  /** Bytes of the unfinished records' payloads. */
  unfinishedBytes: number;
  /** The log's end as the broker last said it, and when it was asked (monotonic milliseconds). */
  asked: { readonly end: number; readonly atMs: number } | null;
  paused: boolean;
}

export function createPartitionLog(partition: TopicPartition, next: number): PartitionLog {
  return {
    topic: partition.topic,
    partition: partition.partition,
    next,
    unfinished: new Set(),
    unfinishedBytes: 0,
    asked: null,
    paused: false,
  };
}

/** Every record below this offset is finished: what may be committed. */
export function finishedTo(log: PartitionLog): number {
  // A Set keeps the order of insertion, and records come in order of offset.
  for (const offset of log.unfinished) return offset;
  return log.next;
}
