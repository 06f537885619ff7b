import type { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { TopicPartition } from "../ports/transport.js";
import type { WriteRequest } from "./write-request.js";

/** A record that is not settled. */
export interface Entry {
  readonly request: WriteRequest;
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly calledAtMs: number;
  /** Where the caller may give up. */
  stopListening: (() => void) | null;
  resolve(position: RecordPosition): void;
  reject(error: KeylineError): void;
}

/** What waits for one topic-partition, in the order in which it will be written. */
export interface PartitionQueue extends TopicPartition {
  /** An append is under way: the next begins after it. */
  inFlight: boolean;
  /** An append is about to begin. */
  scheduled: boolean;
}

/** How large a batch may be. */
export interface BatchLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/**
 * Records on their way, in one in-order queue for each topic-partition. A record whose order key has an unsettled
 * predecessor on another partition stays out of its queue until that one is settled: no other key waits for it.
 */
export interface Accumulator {
  add(entry: Entry): void;
  /** The next batch of a queue: taken out of it, and unsettled until `remove`. */
  take(queue: PartitionQueue, limits: BatchLimits): Entry[];
  /** The record is settled; what waited for it may go. Returns the next of its order key, if that is not settled. */
  remove(entry: Entry): Entry | null;
  has(entry: Entry): boolean;
  /** Whether the record was not taken yet. */
  isWaiting(entry: Entry): boolean;
  hasWaiting(queue: PartitionQueue): boolean;
  /** Every record that is not settled, in the order of `add`. */
  entries(): Iterable<Entry>;
  size(): number;
}

/** A record's place in its key's chain. */
interface Link {
  readonly entry: Entry;
  readonly queue: WaitingQueue;
  /** `chained`: its predecessor lies elsewhere. */
  state: "chained" | "queued" | "taken";
  /** The unsettled record of the order key that was added before this one. */
  predecessor: Link | null;
  successor: Link | null;
}

interface WaitingQueue extends PartitionQueue {
  waiting: Link[];
}

/**
 * Invariant: a record is linked from `add` to `remove`. The links of one order key form a chain in the order of `add`, and
 * a record is in its queue exactly when every unsettled predecessor of its key is ahead of it in the same queue or was taken
 * from it. `ready` is called when a queue has something to take.
 */
export function createAccumulator(ready: (queue: PartitionQueue) => void): Accumulator {
  const queues = new Map<string, WaitingQueue[]>();
  const links = new Map<Entry, Link>();
  const lastOfKey = new Map<string, Link>();

  const queueOf = ({ topic, partition }: TopicPartition): WaitingQueue => {
    const ofTopic = queues.get(topic) ?? [];
    const known = ofTopic[partition];
    if (known) return known;
    const made: WaitingQueue = { topic, partition, waiting: [], inFlight: false, scheduled: false };
    ofTopic[partition] = made;
    queues.set(topic, ofTopic);
    return made;
  };

  /** Queues a record that no longer overtakes anything, and with it those that only waited behind it. */
  const admit = (first: Link) => {
    for (let link: Link | null = first; link?.state === "chained" && mayQueue(link); link = link.successor) {
      link.state = "queued";
      link.queue.waiting.push(link);
      ready(link.queue);
    }
  };

  /** Unlinks it; its successor now follows its predecessor. */
  const unlink = (link: Link) => {
    const { predecessor, successor } = link;
    const { orderKey } = link.entry.request;
    if (predecessor) predecessor.successor = successor;
    if (successor) successor.predecessor = predecessor;
    if (orderKey !== null && lastOfKey.get(orderKey) === link) {
      if (predecessor) lastOfKey.set(orderKey, predecessor);
      else lastOfKey.delete(orderKey);
    }
    if (successor) admit(successor);
  };

  return {
    add(entry) {
      const { orderKey } = entry.request;
      const predecessor = orderKey === null ? null : (lastOfKey.get(orderKey) ?? null);
      const link: Link = { entry, queue: queueOf(entry.request), state: "chained", predecessor, successor: null };
      if (predecessor) predecessor.successor = link;
      if (orderKey !== null) lastOfKey.set(orderKey, link);
      links.set(entry, link);
      admit(link);
    },
    take(queue, limits) {
      const { waiting } = queueOf(queue);
      return waiting.splice(0, countWithin(waiting, limits)).map((link) => {
        link.state = "taken";
        return link.entry;
      });
    },
    remove(entry) {
      const link = links.get(entry);
      if (!link) return null;
      links.delete(entry);
      if (link.state === "queued") link.queue.waiting.splice(link.queue.waiting.indexOf(link), 1);
      unlink(link);
      return link.successor?.entry ?? null;
    },
    has: (entry) => links.has(entry),
    isWaiting: (entry) => links.has(entry) && links.get(entry)?.state !== "taken",
    hasWaiting: (queue) => queueOf(queue).waiting.length > 0,
    entries: () => links.keys(),
    size: () => links.size,
  };
}

/** Whether nothing of its key is unsettled elsewhere: behind one on its own partition it is in order by the queue. */
function mayQueue({ predecessor, queue }: Link): boolean {
  return predecessor === null || (predecessor.queue === queue && predecessor.state !== "chained");
}

/** How many of the first records fit one batch: at least one where there is any. */
function countWithin(waiting: readonly Link[], { maxRecords, maxBytes }: BatchLimits): number {
  let count = 0;
  let bytes = 0;
  for (const { entry } of waiting) {
    bytes += entry.bytes;
    if (count >= maxRecords || (count > 0 && bytes > maxBytes)) break;
    count += 1;
  }
  return count;
}
