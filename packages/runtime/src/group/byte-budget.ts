import { KeylineError } from "../errors.js";
import type { LaneQueue } from "../lane/lane-queue.js";
import type { PartitionLog } from "../lane/partition-log.js";

/** What a member holds in memory when nothing else is said: 64 MB. */
export const defaultBufferBytes = 67_108_864;

/** How many bytes of records a member may hold, and which of its logs may hold them. */
export interface ByteBudget {
  /** Notes what a fetch brought. */
  arrived(bytes: number): void;
  /** Counts what the lanes hold now. */
  measure(): void;
  /** Whether no more of the log is to be fetched. Never for a log that holds nothing: a record of any size passes. */
  isSpent(log: PartitionLog): boolean;
  /** Whether a log whose budget was spent has room again. */
  hasRoom(log: PartitionLog): boolean;
}

/**
 * Half of the budget is the logs' own, in equal shares, so that one key's backlog stops no other log; the other half is lent
 * to those that need more. Together the logs hold the budget at most, and what each was brought by its last fetch.
 *
 * Invariant: `held` is at least what the lanes hold of what they held when they were last counted, and of what came since.
 */
export function createByteBudget(bufferBytes: number, queues: () => Iterable<LaneQueue<unknown>>): ByteBudget {
  if (!(bufferBytes >= 1)) {
    throw new KeylineError("options_invalid", `bufferBytes is ${bufferBytes}: give a number of bytes, 1 or more`);
  }
  const half = bufferBytes / 2;
  let held = 0;
  let share = half;

  const measure = () => {
    let logs = 0;
    held = 0;
    for (const queue of queues()) {
      for (const log of queue.logs()) {
        logs += 1;
        held += log.unfinishedBytes;
      }
    }
    share = half / Math.max(1, logs);
  };

  return {
    arrived(bytes) {
      held += bytes;
    },
    measure,
    isSpent(log) {
      if (log.unfinishedBytes < share || held < half) return false;
      // What was finished since the last count is not known before the next: counted only where it matters.
      measure();
      return log.unfinishedBytes >= share && held >= half;
    },
    hasRoom: (log) => log.unfinishedBytes < share / 2 || held < half / 2,
  };
}
