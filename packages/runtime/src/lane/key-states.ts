import { createKeyQueue, firstBackOffEnd, type KeyQueue, type KeyState } from "./key-queue.js";
import type { PartitionLog } from "./partition-log.js";

/** The keys of a lane of which something waits or is taken, each in one state. */
export interface KeyStates<Item> {
  find(orderKey: string): KeyQueue<Item> | undefined;
  /** The key's queue; for an idle key, a new, empty one. */
  open(orderKey: string): KeyQueue<Item>;
  /** Something of the key may go: it is ready, unless one of its works is taken. */
  wake(key: KeyQueue<Item>): void;
  /** One of its works is taken. */
  take(key: KeyQueue<Item>): void;
  /** None of its works may go: it waits for a time, or for a log to be read further. */
  wait(key: KeyQueue<Item>, state: "backing off" | "held"): void;
  /** None of its works is taken any more: it is ready, or idle where nothing of it waits. */
  settle(key: KeyQueue<Item>): void;
  /** In the order of their turns; keys may change while it is read. */
  ready(): Iterable<KeyQueue<Item>>;
  /** How many records of the log belong to keys that back off or are held. */
  waiting(log: PartitionLog): number;
  /** Wakes the keys of which a back-off is over. */
  wakeDue(nowMs: () => number): void;
}

/**
 * Invariant: a key is in exactly one state. `keys` has every key but the idle ones; `ready`, `backingOff` and `held` have those
 * whose state says so, and no others. A key that is ready, backing off or held has a waiting work; one that is taken has none out
 * but that one.
 */
export function createKeyStates<Item>(): KeyStates<Item> {
  const keys = new Map<string, KeyQueue<Item>>();
  const ready = new Set<KeyQueue<Item>>();
  const backingOff = new Set<KeyQueue<Item>>();
  const held = new Set<KeyQueue<Item>>();
  const inState: Readonly<Partial<Record<KeyState, Set<KeyQueue<Item>>>>> = { ready, "backing off": backingOff, held };

  const move = (key: KeyQueue<Item>, state: KeyState) => {
    if (key.state === state) return;
    inState[key.state]?.delete(key);
    key.state = state;
    inState[state]?.add(key);
    if (state === "idle") keys.delete(key.orderKey);
  };

  return {
    find: (orderKey) => keys.get(orderKey),
    open(orderKey) {
      const known = keys.get(orderKey);
      if (known) return known;
      const opened = createKeyQueue<Item>(orderKey);
      keys.set(orderKey, opened);
      return opened;
    },
    wake(key) {
      if (key.state !== "taken") move(key, "ready");
    },
    take: (key) => move(key, "taken"),
    wait: move,
    settle: (key) => move(key, key.lists.size > 0 ? "ready" : "idle"),
    ready: () => ready,
    waiting(log) {
      let records = 0;
      for (const waiting of [backingOff, held]) {
        for (const { lists } of waiting) records += lists.get(log)?.length ?? 0;
      }
      return records;
    },
    wakeDue(nowMs) {
      if (backingOff.size === 0) return;
      const now = nowMs();
      for (const key of backingOff) {
        if (firstBackOffEnd(key) <= now) move(key, "ready");
      }
    },
  };
}
