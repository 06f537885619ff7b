/** One entry of a batch that the store refused, as it is taken again. */
export interface Suspect {
  readonly key: string;
  readonly orderKey: string;
  /** Of timers: those due before this instant fire. Null for an event. */
  readonly timersBeforeMs: number | null;
}

/**
 * Which entries are written next, after a write that the store refused: each half of them by itself, in the order in which
 * they were taken, until one stands alone. Called by the lane's work loop alone.
 */
export interface Narrowing {
  /** What is taken next, and nothing beside; null while nothing is under suspicion. */
  next(): readonly Suspect[] | null;
  /** What `next` gave is dealt with. */
  done(): void;
  /** Instead of what `next` gave, if anything: these groups, one after the other. */
  instead(groups: readonly (readonly Suspect[])[]): void;
  /**
   * A key's entry stood alone and was refused: whether it may be blamed. Not where it would be one of too many keys in a row
   * with no success between, for then it is the store.
   */
  mayBlame(key: string): boolean;
  /** An entry was applied and written. */
  succeeded(): void;
  /** Nothing is under suspicion any more: the store is to blame. */
  clear(): void;
}

/** So many keys in a row are not to blame. */
const tooManyInARow = 3;

/**
 * Invariant: `groups` are what is left of the batches that were refused, the next one last; works in them are in the lane's
 * queue, so a group that is forgotten loses nothing. `blamed` are the keys that were blamed since an entry was last
 * applied and written, fewer than `tooManyInARow`.
 */
export function createNarrowing(): Narrowing {
  let groups: (readonly Suspect[])[] = [];
  const blamed = new Set<string>();
  return {
    next: () => groups.at(-1) ?? null,
    done: () => void groups.pop(),
    instead(others) {
      groups.pop();
      groups.push(...others.toReversed());
    },
    mayBlame(key) {
      if (!blamed.has(key) && blamed.size >= tooManyInARow - 1) return false;
      blamed.add(key);
      return true;
    },
    succeeded: () => blamed.clear(),
    clear() {
      groups = [];
    },
  };
}

/** Both halves, in order. */
export function halves<One>(all: readonly One[]): readonly [readonly One[], readonly One[]] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}
