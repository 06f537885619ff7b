import type { RecordPosition } from "../hooks.js";
import type { TopicPartition } from "../ports/transport.js";
import { createHolds, type Wait } from "./holds.js";
import { createPartitionLog, type PartitionLog } from "./partition-log.js";
import type { Arriving, KeyQueue, Looked, Work } from "./work.js";

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
   * Taken works of one key go back to its head; of several keys when there is nothing to wait for. The one that arrived
   * last is not given out before `notBeforeMs`, nor anything of its key that arrived after it.
   */
  putBack(works: readonly Work<Item>[], notBeforeMs?: number): void;
  /** Says what the log's end was when asked; a cause above it that the hold waited for before is missing. */
  logEnd(partition: TopicPartition, end: number, askedAtMs: number): void;
  /** Partitions that a held work waits for to be fetched. */
  awaited(): readonly PartitionLog[];
  /** The order keys that wait for more of the log than is fetched or was looked through, with the offset that they wait for. */
  waitingFor(log: PartitionLog): ReadonlyMap<string, number>;
  /** The log was looked through beyond what is fetched: nothing of the key lies below `clearTo`, and at it when `blocked`. */
  looked(log: PartitionLog, orderKey: string, result: Looked): void;
  /** When the first key that backs off may go on (monotonic milliseconds); null when none does. */
  nextWakeMs(): number | null;
  log(partition: TopicPartition): PartitionLog | undefined;
  logs(): Iterable<PartitionLog>;
  /** Whether nothing of the key waits, is held, retried or taken. */
  isIdle(orderKey: string): boolean;
  /** Works that are not finished. */
  size(): number;
}

/** @see LaneQueue */
export function createLaneQueue<Item>(options: LaneQueueOptions<Item>): LaneQueue<Item> {
  /** By topic: all are of one partition. */
  const logs = new Map<string, PartitionLog>();
  const keys = new Map<string, KeyQueue<Item>>();
  /** Keys whose head may be takeable, in the order of their turn. */
  const ready = new Set<KeyQueue<Item>>();
  const backingOff = new Set<KeyQueue<Item>>();
  let arrivals = 0;

  const logOf = ({ topic, partition }: TopicPartition) => {
    const log = logs.get(topic);
    return log?.partition === partition ? log : undefined;
  };
  const holds = createHolds({ ...options, logOf });

  const keyQueue = (orderKey: string): KeyQueue<Item> => {
    const known = keys.get(orderKey);
    if (known) return known;
    const made: KeyQueue<Item> = { orderKey, lists: new Map(), busy: false, delayed: null, looked: null };
    keys.set(orderKey, made);
    return made;
  };

  const wakeWaiters = (log: PartitionLog) => {
    for (const key of holds.woken(log)) ready.add(key);
  };

  /** What may be picked from, the first arrival first: nothing that arrived after a work that is to be tried again. */
  const headsOf = ({ lists, delayed }: KeyQueue<Item>): Work<Item>[] => {
    const heads: Work<Item>[] = [];
    for (const list of lists.values()) {
      const head = list[0];
      if (head && (!delayed || head.arrival < delayed.work.arrival)) heads.push(head);
    }
    return heads.length > 1 ? heads.sort((a, b) => a.arrival - b.arrival) : heads;
  };

  /** The head that arrived first among those that wait for nothing. */
  const pick = (key: KeyQueue<Item>): Work<Item> | null => {
    const heads = headsOf(key);
    const waits: Wait[] = [];
    for (const work of heads) {
      const wait = holds.waitOf(key, work);
      if (!wait) return work;
      waits.push(wait);
    }
    const first = heads[0];
    if (first && !key.delayed && waits.every(({ on }) => on === "own")) {
      // Every head waits for another head: no acknowledged cause can do that, so a header is forged.
      options.causeIgnored?.(first, "malformed");
      return first;
    }
    for (const [index, wait] of waits.entries()) {
      const work = heads[index];
      if (work) holds.hold(key, work, wait);
    }
    return null;
  };

  const putFirst = (key: KeyQueue<Item>, work: Work<Item>) => {
    const list = key.lists.get(work.log);
    if (list) list.unshift(work);
    else key.lists.set(work.log, [work]);
  };

  const removeFirst = (key: KeyQueue<Item>, { log }: Work<Item>) => {
    const list = key.lists.get(log);
    list?.shift();
    if (list?.length === 0) key.lists.delete(log);
  };

  const wakeDue = () => {
    if (backingOff.size === 0) return;
    const nowMs = options.nowMs();
    for (const key of backingOff) {
      if (key.delayed && key.delayed.untilMs > nowMs) continue;
      key.delayed = null;
      backingOff.delete(key);
      if (!key.busy) ready.add(key);
    }
  };

  const takeOf = (key: KeyQueue<Item>): Work<Item> | null => {
    ready.delete(key);
    if (key.busy) return null;
    const work = pick(key);
    if (!work) return null;
    removeFirst(key, work);
    holds.release(key, work);
    key.busy = true;
    return work;
  };

  return {
    open(partition, next) {
      logs.set(partition.topic, createPartitionLog(partition, next));
    },
    add(partition, next, works) {
      const log = logOf(partition);
      if (!log) return;
      // A stale fetch must not set the position back.
      log.next = Math.max(log.next, next);
      for (const arriving of works) {
        const { topic, partition: lane, offset, orderKey, causes, item } = arriving;
        const work: Work<Item> = { topic, partition: lane, offset, orderKey, causes, item, arrival: arrivals++, log };
        const key = keyQueue(work.orderKey);
        const list = key.lists.get(log);
        if (list) list.push(work);
        else key.lists.set(log, [work]);
        log.unfinished.add(work.offset);
        ready.add(key);
      }
      wakeWaiters(log);
    },
    take(accept) {
      wakeDue();
      for (const key of ready) {
        if (accept && !accept(key.orderKey)) continue;
        const work = takeOf(key);
        if (work) return work;
      }
      return null;
    },
    *candidates() {
      wakeDue();
      for (const key of ready) yield key.orderKey;
    },
    settle(work) {
      const key = keys.get(work.orderKey);
      if (!key) return;
      key.busy = false;
      if (key.lists.size > 0) ready.add(key);
      else if (!backingOff.has(key)) keys.delete(key.orderKey);
    },
    finish(work) {
      work.log.unfinished.delete(work.offset);
    },
    putBack(works, notBeforeMs = 0) {
      const back = new Set<KeyQueue<Item>>();
      for (const work of [...works].sort((a, b) => b.offset - a.offset)) {
        const key = keyQueue(work.orderKey);
        putFirst(key, work);
        key.busy = false;
        back.add(key);
      }
      for (const key of back) ready.add(key);
      if (notBeforeMs <= options.nowMs()) return;
      const last = works.reduce((latest, work) => (work.arrival > latest.arrival ? work : latest));
      const key = keyQueue(last.orderKey);
      key.delayed = { work: last, untilMs: notBeforeMs };
      backingOff.add(key);
    },
    logEnd(partition, end, askedAtMs) {
      const log = logOf(partition);
      if (!log) return;
      log.asked = { end, atMs: askedAtMs };
      wakeWaiters(log);
    },
    awaited: holds.awaited,
    waitingFor: holds.waitingFor,
    looked(log, orderKey, result) {
      const key = keys.get(orderKey);
      if (!key) return;
      key.looked ??= new Map();
      key.looked.set(log, result);
      ready.add(key);
    },
    nextWakeMs() {
      let first: number | null = null;
      for (const { delayed } of backingOff) if (delayed) first = Math.min(first ?? delayed.untilMs, delayed.untilMs);
      return first;
    },
    log: logOf,
    logs: () => logs.values(),
    isIdle: (orderKey) => !keys.has(orderKey),
    size() {
      let total = 0;
      for (const log of logs.values()) total += log.unfinished.size;
      return total;
    },
  };
}
