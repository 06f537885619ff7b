import type { Holds, Wait } from "./holds.js";
import { headsOf, type KeyQueue } from "./key-queue.js";
import type { Work } from "./work.js";

/** Chooses what a key gives out next: the work that arrived first among those that wait for nothing; null for none. */
export type Pick<Item> = (key: KeyQueue<Item>) => Work<Item> | null;

/** @see Pick */
export function createPick<Item>(
  holds: Holds<Item>,
  causeIgnored?: (work: Work<Item>, reason: "malformed") => void,
): Pick<Item> {
  return (key) => {
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
}
