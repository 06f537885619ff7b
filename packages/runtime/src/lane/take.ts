import type { Holds, Wait } from "./holds.js";
import { endBackOffs, headsOf, type KeyQueue, removeFirst } from "./key-queue.js";
import type { KeyStates } from "./key-states.js";
import type { Work } from "./work.js";

export interface TakeOptions<Item> {
  readonly keys: KeyStates<Item>;
  readonly holds: Holds<Item>;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  causeIgnored?(work: Work<Item>, reason: "malformed"): void;
}

/** Takes the next work that may run, of the first key in turn that has one and that `accept` takes; null for none. */
export type Take<Item> = (accept?: (orderKey: string) => boolean) => Work<Item> | null;

/** @see Take */
export function createTake<Item>({ keys, holds, nowMs, causeIgnored }: TakeOptions<Item>): Take<Item> {
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
    if (first && key.backOffs === null && waits.every(({ on }) => on === "own")) {
      // Every head waits for another head: no acknowledged cause can do that, so a header is forged.
      causeIgnored?.(first, "malformed");
      return first;
    }
    for (const [index, wait] of waits.entries()) {
      const work = heads[index];
      if (work) holds.hold(key, work, wait);
    }
    return null;
  };

  const takeOf = (key: KeyQueue<Item>): Work<Item> | null => {
    if (key.backOffs !== null) endBackOffs(key, nowMs());
    if (key.awaited !== null) holds.lookAgain(key);
    const work = pick(key);
    if (!work) {
      keys.wait(key, key.backOffs ? "backing off" : "held");
      return null;
    }
    removeFirst(key, work.log);
    holds.release(key, work);
    keys.take(key);
    return work;
  };

  return (accept) => {
    keys.wakeDue(nowMs);
    for (const key of keys.ready()) {
      if (accept && !accept(key.orderKey)) continue;
      const work = takeOf(key);
      if (work) return work;
    }
    return null;
  };
}
