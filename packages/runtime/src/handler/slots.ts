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
  add(user: SlotUser): void;
  remove(user: SlotUser): void;
  /** Fills the free slots, one work of each lane in turn, so that a busy lane starves no other. */
  fill(): void;
}

/**
 * Invariant: `running` is how many keys of all domains hold a slot, and never above `concurrency`; a key of a domain holds one
 * slot or none. A slot is free again once its handler has settled, whether or not its lane is still owned.
 */
export function createSlots(concurrency: number): Slots {
  const busy = new Map<string, Set<string>>();
  const users = new Set<SlotUser>();
  let running = 0;

  const fill = () => {
    for (let found = true; found && running < concurrency && turn.goesOn(); ) {
      found = false;
      for (const user of users) if (running < concurrency && user.next()) found = true;
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
    add: (user) => void users.add(user),
    remove: (user) => void users.delete(user),
    fill,
  };
}
