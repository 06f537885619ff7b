import type { RecordPosition } from "../hooks.js";
import type { TopicPartition } from "../ports/transport.js";
import { createHolds } from "./holds.js";
import { backOff, putFirst, putLast, type Scanned } from "./key-queue.js";
import { createKeyStates, type KeyStates } from "./key-states.js";
import type { PartitionLog } from "./partition-log.js";
import { createPartitionLogs } from "./partition-logs.js";
import { createTake } from "./take.js";
import type { Arriving, Work } from "./work.js";

export interface LaneQueueOptions<Item> {
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  held?(work: Work<Item>, cause: RecordPosition): void;
  released?(work: Work<Item>, heldMs: number): void;
  causeIgnored?(work: Work<Item>, reason: "malformed" | "missing"): void;
}

/**
 * What one consumer has fetched of one lane and not finished. Decides what may run next: per key one at a time,
 * in order of offset within a topic, and never before its cause (design: causal hold-back). Does no I/O.
 */
export interface LaneQueue<Item> {
  /** Starts a topic-partition at an offset. */
  open(partition: TopicPartition, next: number): void;
  /** Takes in what a fetch brought. */
  add(partition: TopicPartition, next: number, works: readonly Arriving<Item>[]): void;
  /** The next work that may run, now taken; null when none may. `accept` leaves other keys in their place. */
  take(accept?: (orderKey: string) => boolean): Work<Item> | null;
  /** Order keys that may have a work to take. */
  candidates(): Iterable<string>;
  /** A taken work is done with; the next of its key may be taken. Its offset counts as finished only after `finish`. */
  settle(work: Work<Item>): void;
  /** The work is finished for good: positions may move over it. */
  finish(work: Work<Item>): void;
  /**
   * Taken works of one key go back to its head; works of several keys only when there is nothing to wait for. The one that
   * arrived last is not given out before `notBeforeMs`, nor is anything of its key that arrived after it.
   */
  putBack(works: readonly Work<Item>[], notBeforeMs?: number): void;
  /** Says what the log's end was when asked; a cause above it, of any work that had arrived by then, is missing. */
  logEnd(partition: TopicPartition, end: number, askedAtMs: number): void;
  /** Partitions that a held work waits for to be fetched. */
  awaited(): readonly PartitionLog[];
  isAwaited(log: PartitionLog): boolean;
  /** The order keys that wait for more of the log than is fetched or was scanned, with the offset that they wait for. */
  waitingFor(log: PartitionLog): ReadonlyMap<string, number>;
  /** The log was scanned for the key beyond what is fetched. */
  scanned(log: PartitionLog, orderKey: string, result: Scanned): void;
  log(partition: TopicPartition): PartitionLog | undefined;
  logs(): Iterable<PartitionLog>;
  /** Whether nothing of the key waits, is held, retried or taken. */
  isIdle(orderKey: string): boolean;
  /** How many records of the log belong to keys that back off or are held. */
  waiting(log: PartitionLog): number;
  /** Works that are not finished. */
  size(): number;
  /** Bytes that they take in memory. */
  bytes(): number;
}

/**
 * Invariant: each work that was added is in one place: waiting in its key's queue, taken, or settled; and its offset is
 * unfinished in its log, and its bytes counted there, until `finish`. `arrivals` is above the arrival of every work.
 */
export function createLaneQueue<Item>(options: LaneQueueOptions<Item>): LaneQueue<Item> {
  const logs = createPartitionLogs();
  const keys = createKeyStates<Item>();
  const holds = createHolds({ ...options, logOf: logs.of });
  const take = createTake({ ...options, keys, holds });
  let arrivals = 0;

  const wakeWaiters = (log: PartitionLog) => {
    for (const key of holds.waiters(log)) keys.wake(key);
  };

  return {
    open: logs.open,
    add(partition, next, works) {
      const log = logs.of(partition);
      if (!log) return;
      // A stale fetch must not set the position back.
      log.next = Math.max(log.next, next);
      const arrivedAtMs = options.nowMs();
      for (const arriving of works) {
        const { topic, partition: lane, offset, orderKey, causes, bytes, item } = arriving;
        const key = keys.open(orderKey);
        const place = { topic, partition: lane, offset, log };
        const work = { ...place, orderKey, causes, bytes, item, arrival: arrivals++, arrivedAtMs };
        log.unfinished.add(offset);
        log.unfinishedBytes += bytes;
        if (putLast(key, work)) keys.wake(key);
      }
      wakeWaiters(log);
    },
    take,
    *candidates() {
      keys.wakeDue(options.nowMs);
      for (const key of keys.ready()) yield key.orderKey;
    },
    settle(work) {
      const key = keys.find(work.orderKey);
      if (key) keys.settle(key);
    },
    finish({ log, offset, bytes }) {
      if (log.unfinished.delete(offset)) log.unfinishedBytes -= bytes;
    },
    putBack(works, notBeforeMs = 0) {
      const last = putBackTo(keys, works);
      if (last && notBeforeMs > options.nowMs()) backOff(keys.open(last.orderKey), last, notBeforeMs);
    },
    logEnd(partition, end, askedAtMs) {
      const log = logs.of(partition);
      if (!log) return;
      log.asked = { end, atMs: askedAtMs };
      wakeWaiters(log);
    },
    awaited: holds.awaited,
    isAwaited: holds.isAwaited,
    waitingFor: holds.waitingFor,
    scanned(log, orderKey, result) {
      const key = keys.find(orderKey);
      if (!key) return;
      key.scanned ??= new Map();
      key.scanned.set(log, result);
      keys.wake(key);
    },
    log: logs.of,
    logs: logs.all,
    isIdle: (orderKey) => keys.find(orderKey) === undefined,
    waiting: keys.waiting,
    size: logs.unfinished,
    bytes: logs.unfinishedBytes,
  };
}

/** Puts works back to the heads of their keys; gives back the one that arrived last. */
function putBackTo<Item>(keys: KeyStates<Item>, works: readonly Work<Item>[]): Work<Item> | undefined {
  let last = works[0];
  for (const work of [...works].sort((a, b) => b.offset - a.offset)) {
    const key = keys.open(work.orderKey);
    putFirst(key, work);
    keys.settle(key);
    if (last && work.arrival > last.arrival) last = work;
  }
  return last;
}
