import type { TopicPartition } from "../ports/transport.js";
import { createPartitionLog, type PartitionLog } from "./partition-log.js";

/** The logs of one lane, by topic: all are of one partition. */
export interface PartitionLogs {
  /** Starts a topic-partition at an offset. */
  open(partition: TopicPartition, next: number): void;
  of(partition: TopicPartition): PartitionLog | undefined;
  all(): Iterable<PartitionLog>;
  /** Records that were received and are not finished. */
  unfinished(): number;
  /** Bytes that they take in memory. */
  unfinishedBytes(): number;
}

/** Invariant: there is one log of each topic, all of one partition; one that is opened again is another object. */
export function createPartitionLogs(): PartitionLogs {
  const logs = new Map<string, PartitionLog>();
  return {
    open: (partition, next) => void logs.set(partition.topic, createPartitionLog(partition, next)),
    of({ topic, partition }) {
      const log = logs.get(topic);
      return log?.partition === partition ? log : undefined;
    },
    all: () => logs.values(),
    unfinished() {
      let total = 0;
      for (const log of logs.values()) total += log.unfinished.size;
      return total;
    },
    unfinishedBytes() {
      let total = 0;
      for (const log of logs.values()) total += log.unfinishedBytes;
      return total;
    },
  };
}
