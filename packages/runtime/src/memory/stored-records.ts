import type { ConsumerRecord } from "../ports/transport.js";

/** The records of a log that are still there, in order of offset. */
export interface StoredRecords {
  add(record: ConsumerRecord): void;
  /** The index of the first record at or above the offset. */
  indexOf(offset: number): number;
  at(index: number): ConsumerRecord | undefined;
  sizeAt(index: number): number;
  slice(from: number, to?: number): readonly ConsumerRecord[];
  find(matches: (record: ConsumerRecord) => boolean): ConsumerRecord | undefined;
  count(): number;
  /** Bytes of keys, values and headers, with what a record costs beside them. */
  bytes(): number;
  /** Drops those outside of two indexes. */
  keep(from: number, to: number): void;
  /** Drops those of these offsets. */
  remove(offsets: Iterable<number>): void;
}

const recordOverheadBytes = 120;

/** Invariant: `sizes` has the size of each of `records` at its index, and `total` is their sum. */
export function createStoredRecords(sizeOf: (record: ConsumerRecord) => number): StoredRecords {
  let records: ConsumerRecord[] = [];
  let sizes: number[] = [];
  let total = 0;

  const keepWhere = (isKept: (index: number) => boolean) => {
    records = records.filter((_, index) => isKept(index));
    sizes = sizes.filter((_, index) => isKept(index));
    total = sizes.reduce((sum, size) => sum + size, 0);
  };

  return {
    add(record) {
      const size = recordOverheadBytes + sizeOf(record);
      records.push(record);
      sizes.push(size);
      total += size;
    },
    indexOf(offset) {
      // Without gaps the place follows from the first offset.
      const guess = offset - (records[0]?.offset ?? 0);
      if (records[guess]?.offset === offset) return guess;
      let low = 0;
      let high = records.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((records[middle]?.offset ?? offset) < offset) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    at: (index) => records[index],
    sizeAt: (index) => sizes[index] ?? 0,
    slice: (from, to) => records.slice(from, to),
    find: (matches) => records.find(matches),
    count: () => records.length,
    bytes: () => total,
    keep: (from, to) => keepWhere((index) => index >= from && index < to),
    remove(offsets) {
      const gone = new Set(offsets);
      const left = records.map((record) => !gone.has(record.offset));
      keepWhere((index) => left[index] ?? false);
    },
  };
}
