import type { PartitionLog } from "./partition-log.js";
import type { Work } from "./work.js";

/**
 * What becomes of a key next. `idle`: none of its works waits or is taken. `ready`: its turn comes. `taken`: one of its works is
 * taken and not settled. `backing off`: a failed work waits for its time, and what arrived before it, if anything, is held.
 * `held`: each of its heads waits for a cause.
 */
export type KeyState = "idle" | "ready" | "taken" | "backing off" | "held";

/** What waits of one order key. */
export interface KeyQueue<Item> {
  readonly orderKey: string;
  /** Changed by {@link KeyStates} alone. */
  state: KeyState;
  /** Waiting records by log, each list in order of offset and never empty. */
  readonly lists: Map<PartitionLog, Work<Item>[]>;
  /**
   * Waiting works that are to be tried again, each not before its own time (monotonic milliseconds); what arrived after one
   * waits too. Null for none.
   */
  backOffs: Map<Work<Item>, number> | null;
  /** Logs of which one of its heads waits for a record. Kept by the holds; null for none. */
  awaited: PartitionLog[] | null;
  /** How far logs were scanned beyond what is fetched. Null for none. */
  scanned: Map<PartitionLog, Scanned> | null;
}

/** What a scan of a log found of one key. */
export interface Scanned {
  /** Nothing of the key lies between what is fetched and this offset. */
  readonly emptyBelow: number;
  /** Where the first record of the key lies, which has to be fetched; null where the scan found none. */
  readonly foundAt: number | null;
}

export function createKeyQueue<Item>(orderKey: string): KeyQueue<Item> {
  return { orderKey, state: "idle", lists: new Map(), backOffs: null, awaited: null, scanned: null };
}

/** Puts a work behind those of its log. Whether it is the first of them: else it changes nothing for a key that waits. */
export function putLast<Item>({ lists }: KeyQueue<Item>, work: Work<Item>): boolean {
  const list = lists.get(work.log);
  if (list) list.push(work);
  else lists.set(work.log, [work]);
  return list === undefined;
}

/** Puts a work before those of its log. */
export function putFirst<Item>({ lists }: KeyQueue<Item>, work: Work<Item>): void {
  const list = lists.get(work.log);
  if (list) list.unshift(work);
  else lists.set(work.log, [work]);
}

/** Removes the first work of a log. */
export function removeFirst<Item>({ lists }: KeyQueue<Item>, log: PartitionLog): void {
  const list = lists.get(log);
  list?.shift();
  if (list?.length === 0) lists.delete(log);
}

/** Has a work wait for its time. */
export function backOff<Item>(key: KeyQueue<Item>, work: Work<Item>, untilMs: number): void {
  key.backOffs ??= new Map();
  key.backOffs.set(work, untilMs);
}

/** Ends the back-offs whose time has come. */
export function endBackOffs(key: KeyQueue<unknown>, nowMs: number): void {
  if (key.backOffs === null) return;
  for (const [work, untilMs] of key.backOffs) if (untilMs <= nowMs) key.backOffs.delete(work);
  if (key.backOffs.size === 0) key.backOffs = null;
}

/** When the first back-off ends. */
export function firstBackOffEnd({ backOffs }: KeyQueue<unknown>): number {
  let first = Number.POSITIVE_INFINITY;
  for (const untilMs of backOffs?.values() ?? []) first = Math.min(first, untilMs);
  return first;
}

/** The first work of each log, the first arrival first: nothing that arrived after a work that backs off. */
export function headsOf<Item>({ lists, backOffs }: KeyQueue<Item>): Work<Item>[] {
  let limit = Number.POSITIVE_INFINITY;
  if (backOffs !== null) for (const { arrival } of backOffs.keys()) limit = Math.min(limit, arrival);
  const heads: Work<Item>[] = [];
  for (const list of lists.values()) {
    const head = list[0];
    if (head && head.arrival < limit) heads.push(head);
  }
  return heads.length > 1 ? heads.sort((a, b) => a.arrival - b.arrival) : heads;
}
