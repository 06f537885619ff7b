import { createTurn } from "./turn.js";

/** What has works that need a slot: a lane. */
export interface SlotUser {
  /** Starts one work whose key is free; false when there is none. */
  next(): boolean;
}

/** The slots as the lanes of one ordering domain see them: a key has one at most. */
export interface KeySlots {
  isFree(orderKey: string): boolean;
  take(orderKey: string): void;
  release(orderKey: string): void;
}

/** What bounds how many handlers run side by side in one consumer, over all its lanes. */
export interface Slots {
  /** Not by lane: an event on a wrong partition is of the same key, and a lane that comes back may still have a handler. */
  ofDomain(domain: string): KeySlots;
  /**
   * The lane may have works to start. Free slots are filled with one work of each such lane in turn, so that a busy lane
   * starves no other.
   */
  wake(user: SlotUser): void;
}

/**
 * Invariant: `running` is how many keys of all domains hold a slot, and never above `concurrency`; a key of a domain holds one
 * slot or none. A slot is free again once its handler has settled, whether or not its lane is still owned. `wanting` has, in the
 * order of their turns, the lanes that have been woken since they had nothing to start: a thousand idle ones cost nothing.
 */
export function createSlots(concurrency: number): Slots {
  const busy = new Map<string, Set<string>>();
  const wanting = new Set<SlotUser>();
  let running = 0;

  const fill = () => {
    // What is added while a set is read is read too: a lane that has started one work is behind the others now.
    for (const user of wanting) {
      if (running >= concurrency || !turn.goesOn()) return;
      wanting.delete(user);
      if (user.next()) wanting.add(user);
    }
  };
  const turn = createTurn(fill);

  return {
    ofDomain(domain) {
      const keys = busy.get(domain) ?? new Set<string>();
      busy.set(domain, keys);
      return {
        isFree: (orderKey) => !keys.has(orderKey),
        take(orderKey) {
          keys.add(orderKey);
          running += 1;
        },
        release(orderKey) {
          keys.delete(orderKey);
          running -= 1;
        },
      };
    },
    wake(user) {
      wanting.add(user);
      fill();
    },
  };
}
