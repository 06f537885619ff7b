/** Loads of lanes over time, in a bounded number of equal spans. */
export interface TimeBuckets {
  add(timestampMs: number, lane: number, weight: number): void;
  /** From the first span to the last, those in between that are empty too. */
  spans(): readonly TimeSpan[];
}

/** The load of each lane in a span of time. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly loads: readonly number[];
}

const firstWidthMs = 1000;

/** At most so many spans: when time goes beyond them, each becomes twice as long. */
export function createTimeBuckets(lanes: number, most: number): TimeBuckets {
  // Invariant: bucket n holds the loads from n to n + 1 times `widthMs`; the first and the last are less than
  // `most` apart, and nothing that was added is lost.
  let widthMs = firstWidthMs;
  let buckets = new Map<number, Float64Array>();

  const bucketOf = (index: number): Float64Array => {
    const known = buckets.get(index);
    if (known) return known;
    const made = new Float64Array(lanes);
    buckets.set(index, made);
    return made;
  };

  const widen = () => {
    widthMs *= 2;
    const before = buckets;
    buckets = new Map();
    for (const [index, loads] of before) {
      const merged = bucketOf(Math.floor(index / 2));
      for (const [lane, load] of loads.entries()) merged[lane] = (merged[lane] ?? 0) + load;
    }
  };

  const range = () => {
    const indexes = [...buckets.keys()];
    return { first: Math.min(...indexes), last: Math.max(...indexes) };
  };

  return {
    add(timestampMs, lane, weight) {
      const known = buckets.get(Math.floor(timestampMs / widthMs));
      const loads = known ?? bucketOf(Math.floor(timestampMs / widthMs));
      loads[lane] = (loads[lane] ?? 0) + weight;
      if (known) return;
      for (let all = range(); all.last - all.first >= most; all = range()) widen();
    },
    spans() {
      if (buckets.size === 0) return [];
      const { first, last } = range();
      return Array.from({ length: last - first + 1 }, (_, at) => ({
        fromMs: (first + at) * widthMs,
        toMs: (first + at + 1) * widthMs,
        loads: Array.from(buckets.get(first + at) ?? new Float64Array(lanes)),
      }));
    },
  };
}
