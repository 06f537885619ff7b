import { createWeightHeap, type Weighed } from "./weight-heap.js";

/** A frequent key, with its count. */
export interface HotKey {
  readonly key: string;
  /** The upper bound of its count; the lower bound is `weight - error`. */
  readonly weight: number;
  readonly error: number;
}

/** The heaviest keys of a stream, in memory that does not grow with it. */
export interface SpaceSaving {
  add(key: string, weight?: number): void;
  /** The heaviest, at most so many. */
  top(count: number): readonly HotKey[];
  /** No weight is off by more than this: the total by the number of counters. */
  errorBound(): number;
}

interface Counter extends Weighed {
  key: string;
  weight: number;
  error: number;
}

/**
 * Space-Saving (Metwally, Agrawal, El Abbadi 2005): so many counters; a key without one takes over the lightest, whose
 * weight becomes its error. Every key that weighs more than the total by the number of counters has one for sure.
 *
 * Invariant: each counter is in `heap`, and in `byKey` under its key; the weights sum to `total`, and a key weighs between
 * its counter's weight less its error and its weight.
 */
export function createSpaceSaving(counters: number): SpaceSaving {
  const byKey = new Map<string, Counter>();
  const heap = createWeightHeap<Counter>();
  let total = 0;

  const isFull = () => heap.items.length >= counters;

  /** The counter of a key that had none, with its weight before. */
  const counterFor = (key: string): Counter => {
    const lightest = heap.items[0];
    if (!isFull() || !lightest) {
      const counter = { key, weight: 0, error: 0, at: 0 };
      heap.add(counter);
      return counter;
    }
    byKey.delete(lightest.key);
    return Object.assign(lightest, { key, error: lightest.weight });
  };

  return {
    add(key, weight = 1) {
      const counter = byKey.get(key) ?? counterFor(key);
      byKey.set(key, counter);
      counter.weight += weight;
      heap.sink(counter);
      total += weight;
    },
    top: (count) =>
      heap.items
        .toSorted((one, other) => other.weight - one.weight)
        .slice(0, count)
        .map(({ key, weight, error }) => ({ key, weight, error })),
    errorBound: () => (isFull() ? Math.floor(total / counters) : 0),
  };
}
