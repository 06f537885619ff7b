import { KeylineError } from "../errors.js";
import type { ConsumerRecord, LogRange, ProducerRecord, RecordBatch, TopicPartition } from "../ports/transport.js";
import { createSequences, type ProducerStamp } from "./sequences.js";

/** How much one read brings at most; one record comes however large it is. */
export interface ReadLimit {
  readonly records: number;
  readonly bytes: number;
  /** Nothing from this offset on. Default the log's end. */
  readonly to?: number;
}

/** The log of one partition, in memory. */
export interface MemoryLog extends TopicPartition {
  range(): LogRange;
  /** Bytes of keys, values and headers, with what a record costs beside them. */
  bytes(): number;
  /** Appends records; a batch that this producer has appended already is not written again. Returns the first offset. */
  append(records: readonly ProducerRecord[], stamp?: ProducerStamp): number;
  /** Throws `offset_out_of_range` for an offset that the log does not have (its end it has). */
  read(from: number, limit: ReadLimit): RecordBatch;
  /** Every record, or those from an offset on. */
  records(from?: number): readonly ConsumerRecord[];
  offsetAtTime(timestampMs: number): number;
  /** Moves the start up to an offset. */
  deleteBefore(offset: number): void;
  /** Cuts off the end: the next record gets this offset. */
  truncate(end: number): void;
  /** Empties the log: the next record gets offset 0. */
  reset(): void;
  /** Moves the end without a record, as a transaction's marker does. */
  skip(offsets: number): void;
  /** Takes records away and leaves their offsets as gaps, as compaction does. */
  remove(offsets: Iterable<number>): void;
  /** Calls back whenever the log changes; the result ends that. */
  watch(changed: () => void): () => void;
}

const recordOverheadBytes = 120;

/** @see MemoryLog */
export function createMemoryLog(topic: string, partition: number): MemoryLog {
  let records: ConsumerRecord[] = [];
  let sizes: number[] = [];
  let start = 0;
  let end = 0;
  let total = 0;
  const sequences = createSequences();
  const watchers = new Set<() => void>();

  const changed = () => {
    for (const watcher of watchers) watcher();
  };

  /** The index of the first record at or above the offset. */
  const indexOf = (offset: number): number => {
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
  };

  const keep = (from: number, to: number) => {
    records = records.slice(from, to);
    sizes = sizes.slice(from, to);
    total = sizes.reduce((sum, size) => sum + size, 0);
  };

  const outOfRange = (offset: number) => {
    const lost = offset < start ? `offsets ${offset} to ${start - 1} were deleted` : "the log was cut off or made anew";
    return new KeylineError(
      "offset_out_of_range",
      `cannot read ${topic}/${partition} from ${offset}: the log holds ${start} to ${end}, ${lost}`,
    );
  };

  return {
    topic,
    partition,
    range: () => ({ start, end }),
    bytes: () => total,
    append(added, stamp) {
      const known = stamp && sequences.find(stamp, added.length);
      if (known !== undefined) return known;
      const first = end;
      for (const { key, value, headers, timestampMs } of added) {
        const record = { topic, partition, offset: end, key, value, headers, timestampMs };
        const size = recordBytes(record);
        records.push(record);
        sizes.push(size);
        total += size;
        end += 1;
      }
      if (stamp) sequences.note(stamp, added.length, first);
      changed();
      return first;
    },
    read(from, limit) {
      if (from < start || from > end) throw outOfRange(from);
      const to = Math.min(limit.to ?? end, end);
      const first = indexOf(from);
      let last = first;
      for (let bytes = 0; last < records.length && last - first < limit.records; last += 1) {
        bytes += sizes[last] ?? 0;
        if ((records[last]?.offset ?? to) >= to || (bytes > limit.bytes && last > first)) break;
      }
      const nextOffset = Math.max(from, Math.min(records[last]?.offset ?? end, to));
      return { topic, partition, records: records.slice(first, last), nextOffset, logEnd: end };
    },
    records: (from = start) => records.slice(indexOf(from)),
    offsetAtTime: (timestampMs) => records.find((record) => record.timestampMs >= timestampMs)?.offset ?? end,
    deleteBefore(offset) {
      start = Math.max(start, Math.min(offset, end));
      keep(indexOf(start), records.length);
      changed();
    },
    truncate(to) {
      end = Math.max(start, Math.min(to, end));
      keep(0, indexOf(end));
      sequences.forget();
      changed();
    },
    reset() {
      start = 0;
      end = 0;
      keep(0, 0);
      sequences.forget();
      changed();
    },
    skip(offsets) {
      end += offsets;
      changed();
    },
    remove(offsets) {
      const gone = new Set(offsets);
      const left = records.map((record) => !gone.has(record.offset));
      sizes = sizes.filter((_, index) => left[index]);
      records = records.filter((_, index) => left[index]);
      keep(0, records.length);
      changed();
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}

/** Bytes of a record's key, value and headers: what counts against a transport's `maxBatchBytes`. */
export function payloadBytes({ key, value, headers }: ProducerRecord): number {
  let bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength;
  return bytes;
}

function recordBytes(record: ProducerRecord): number {
  return recordOverheadBytes + payloadBytes(record);
}
