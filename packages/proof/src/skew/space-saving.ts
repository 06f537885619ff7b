/** A key that comes often, and how often. */
export interface HotKey {
  readonly key: string;
  /** At most so much; at least `weight - error`. */
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

interface Counter {
  key: string;
  weight: number;
  error: number;
  /** Its place in the heap. */
  at: number;
}

/**
 * Space-Saving (Metwally, Agrawal, El Abbadi 2005): so many counters; a key without one takes over the lightest, whose
 * weight becomes its error. Every key that weighs more than the total by the number of counters has one for sure.
 */
export function createSpaceSaving(counters: number): SpaceSaving {
  // Invariant: `heap` is a heap by weight, each counter at its own `at`, and `byKey` leads to each; the weights sum
  // to `total`, and a key weighs between its counter's weight less its error and its weight.
  const byKey = new Map<string, Counter>();
  // The lightest is at the root.
  const heap: Counter[] = [];
  let total = 0;

  const put = (counter: Counter, at: number) => {
    heap[at] = counter;
    counter.at = at;
  };

  const sink = (counter: Counter) => {
    let { at } = counter;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const lighter = left && right && right.weight < left.weight ? right : left;
      if (!lighter || lighter.weight >= counter.weight) break;
      const free = lighter.at;
      put(lighter, at);
      at = free;
    }
    put(counter, at);
  };

  const rise = (counter: Counter) => {
    let { at } = counter;
    while (at > 0) {
      const parent = heap[(at - 1) >> 1];
      if (!parent || parent.weight <= counter.weight) break;
      const free = parent.at;
      put(parent, at);
      at = free;
    }
    put(counter, at);
  };

  return {
    add(key, weight = 1) {
      total += weight;
      const known = byKey.get(key);
      if (known) {
        known.weight += weight;
        sink(known);
        return;
      }
      const lightest = heap[0];
      if (heap.length < counters || !lightest) {
        const counter = { key, weight, error: 0, at: heap.length };
        byKey.set(key, counter);
        heap.push(counter);
        rise(counter);
        return;
      }
      byKey.delete(lightest.key);
      lightest.key = key;
      lightest.error = lightest.weight;
      lightest.weight += weight;
      byKey.set(key, lightest);
      sink(lightest);
    },
    top: (count) =>
      heap
        .toSorted((one, other) => other.weight - one.weight)
        .slice(0, count)
        .map(({ key, weight, error }) => ({ key, weight, error })),
    errorBound: () => (heap.length < counters ? 0 : Math.floor(total / counters)),
  };
}
