import type { RecordPosition } from "../hooks.js";
import type { TopicPartition } from "../ports/transport.js";
import type { KeyQueue } from "./key-queue.js";
import type { PartitionLog } from "./partition-log.js";
import type { Work } from "./work.js";

/** What stands between a work and its turn. */
export interface Wait {
  readonly log: PartitionLog;
  readonly cause: RecordPosition;
  /** `own`: an earlier record of the same key; `fetch`: the cause is not fetched yet. */
  readonly on: "own" | "fetch";
}

export interface HoldsOptions<Item> {
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  logOf(partition: TopicPartition): PartitionLog | undefined;
  held?(work: Work<Item>, cause: RecordPosition): void;
  released?(work: Work<Item>, heldMs: number): void;
  causeIgnored?(work: Work<Item>, reason: "malformed" | "missing"): void;
}

/** The causal hold-back of one lane (P6): which works wait for a cause, since when, and for which log to be read. */
export interface Holds<Item> {
  /** The first cause that a head of the key has to wait for; null when it may go. */
  waitOf(key: KeyQueue<Item>, work: Work<Item>): Wait | null;
  hold(key: KeyQueue<Item>, work: Work<Item>, wait: Wait): void;
  /** The work goes on. */
  release(key: KeyQueue<Item>, work: Work<Item>): void;
  /** The key's heads are looked at again: until it is held again, it waits for no log. */
  lookAgain(key: KeyQueue<Item>): void;
  /** Keys that wait for the log, which is known further now. They do so until they are looked at again. */
  waiters(log: PartitionLog): Iterable<KeyQueue<Item>>;
  /** Logs that some key waits for to be read. */
  awaited(): readonly PartitionLog[];
  isAwaited(log: PartitionLog): boolean;
  /** The order keys that wait for the log and whose next record in it is not known, with the offset that they wait for. */
  waitingFor(log: PartitionLog): ReadonlyMap<string, number>;
}

/**
 * Invariant: `waiters` has a key under a log if and only if the key's `awaited` has the log. `heldSince` has the works that
 * were held and have not gone on.
 */
export function createHolds<Item>(options: HoldsOptions<Item>): Holds<Item> {
  const waiters = new Map<PartitionLog, Set<KeyQueue<Item>>>();
  const heldSince = new Map<Work<Item>, number>();

  const waitOf = (key: KeyQueue<Item>, work: Work<Item>): Wait | null => {
    for (const cause of work.causes) {
      const log = options.logOf(cause);
      if (!log) continue;
      const earlier = key.lists.get(log)?.[0];
      if (earlier && earlier.offset <= cause.offset) return { log, cause, on: "own" };
      const known = knownTo(key, log);
      if (known <= cause.offset && !isMissing(work, log, known, cause)) return { log, cause, on: "fetch" };
    }
    return null;
  };

  return {
    waitOf,
    hold(key, work, wait) {
      if (wait.on === "fetch") {
        const waiting = waiters.get(wait.log) ?? new Set();
        waiters.set(wait.log, waiting.add(key));
        key.awaited ??= [];
        key.awaited.push(wait.log);
      }
      if (heldSince.has(work)) return;
      heldSince.set(work, options.nowMs());
      options.held?.(work, wait.cause);
    },
    release(key, work) {
      // One that was never held, too: the answer that another work waited for is its answer.
      if (isMissingCause(key, work, options.logOf)) options.causeIgnored?.(work, "missing");
      const since = heldSince.get(work);
      if (since === undefined) return;
      heldSince.delete(work);
      options.released?.(work, options.nowMs() - since);
    },
    lookAgain(key) {
      for (const log of key.awaited ?? []) {
        const waiting = waiters.get(log);
        waiting?.delete(key);
        if (waiting?.size === 0) waiters.delete(log);
      }
      key.awaited = null;
    },
    waiters: (log) => waiters.get(log) ?? [],
    awaited: () => [...waiters.keys()],
    isAwaited: (log) => waiters.has(log),
    waitingFor(log) {
      const found = new Map<string, number>();
      for (const key of waiters.get(log) ?? []) {
        const foundAt = key.scanned?.get(log)?.foundAt ?? null;
        if (foundAt !== null && foundAt >= log.next) continue;
        const offset = furthestCause(key, log);
        if (offset >= knownTo(key, log)) found.set(key.orderKey, offset);
      }
      return found;
    },
  };
}

/**
 * A cause that is not in the log is not waited for. A cause is in its log before its effect is sent, so any end that was
 * asked for once the effect had arrived tells: one answer serves every work that is held by then.
 */
function isMissing({ arrivedAtMs }: Work, { asked }: PartitionLog, known: number, cause: RecordPosition): boolean {
  return asked !== null && asked.atMs >= arrivedAtMs && asked.end <= cause.offset && known >= asked.end;
}

/** Whether a work goes on though nothing is known of one of its causes. */
function isMissingCause(key: KeyQueue<unknown>, work: Work, logOf: HoldsOptions<unknown>["logOf"]): boolean {
  return work.causes.some((cause) => {
    const log = logOf(cause);
    return log !== undefined && knownTo(key, log) <= cause.offset;
  });
}

/** Below this offset everything of the key is fetched, or there is nothing of it. */
function knownTo({ scanned }: KeyQueue<unknown>, log: PartitionLog): number {
  return scanned === null ? log.next : Math.max(log.next, scanned.get(log)?.emptyBelow ?? 0);
}

function furthestCause({ lists }: KeyQueue<unknown>, log: PartitionLog): number {
  let furthest = -1;
  for (const [head] of lists.values()) {
    for (const cause of head?.causes ?? []) {
      if (cause.topic === log.topic && cause.offset > furthest) furthest = cause.offset;
    }
  }
  return furthest;
}
