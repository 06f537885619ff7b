import { KeylineError } from "../errors.js";
import type {
  ConsumerRecord,
  LogRange,
  ProducerRecord,
  RecordBatch,
  StartPosition,
  TopicPartition,
} from "../ports/transport.js";
import { createLogTransactions } from "./log-transactions.js";
import { createSequences, type ProducerStamp } from "./sequences.js";
import { createStoredRecords, type StoredRecords } from "./stored-records.js";
import { createWatchers } from "./watchers.js";

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
  /** Where readers of committed records stop: at the oldest open transaction, else at the end. */
  stableEnd(): number;
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
  /** A transaction begins at the end, with a record that nothing reads, and stays open until the result ends it. */
  openTransaction(): () => void;
  /** Takes records away and leaves their offsets as gaps, as compaction does. */
  remove(offsets: Iterable<number>): void;
  /** Calls back whenever the log changes; the result ends that. */
  watch(changed: () => void): () => void;
  /** How often it was recreated; a cluster shows that by a new topic id. */
  resets(): number;
}

/**
 * Invariant: every record lies at or above `start` and below `end`, and the next one gets `end`; an offset is used again only
 * after `truncate` and `reset`, which also forget the producers' batches.
 */
export function createMemoryLog(topic: string, partition: number): MemoryLog {
  const records = createStoredRecords(payloadBytes);
  const sequences = createSequences();
  const { changed, watch } = createWatchers();
  let start = 0;
  let end = 0;
  let resets = 0;

  const skip = (offsets: number) => {
    end += offsets;
    changed();
  };

  const { stableEnd, openTransaction } = createLogTransactions(() => end, skip);

  const cut = (from: number, to: number) => {
    [start, end] = [from, to];
    records.keep(records.indexOf(start), records.indexOf(end));
    changed();
  };

  return {
    topic,
    partition,
    range: () => ({ start, end }),
    stableEnd,
    bytes: records.bytes,
    append(added, stamp) {
      const known = stamp && sequences.find(stamp, added.length);
      if (known !== undefined) return known;
      const first = end;
      for (const { key, value, headers, timestampMs } of added) {
        records.add({ topic, partition, offset: end, key, value, headers, timestampMs });
        end += 1;
      }
      if (stamp) sequences.note(stamp, added.length, first);
      changed();
      return first;
    },
    read(from, limit) {
      if (from < start || from > end) throw outOfRange({ topic, partition, offset: from }, { start, end });
      const to = Math.min(limit.to ?? end, stableEnd());
      const first = records.indexOf(from);
      const last = endOfRead(records, first, { ...limit, to });
      const nextOffset = Math.max(from, Math.min(records.at(last)?.offset ?? end, to));
      return { topic, partition, records: records.slice(first, last), fromOffset: from, nextOffset, logEnd: end };
    },
    records: (from = start) => records.slice(records.indexOf(from)),
    offsetAtTime: (timestampMs) => records.find((record) => record.timestampMs >= timestampMs)?.offset ?? end,
    deleteBefore: (offset) => cut(Math.max(start, Math.min(offset, end)), end),
    truncate(to) {
      sequences.forget();
      cut(start, Math.max(start, Math.min(to, end)));
    },
    reset() {
      sequences.forget();
      resets += 1;
      cut(0, 0);
    },
    resets: () => resets,
    skip,
    openTransaction,
    remove(offsets) {
      records.remove(offsets);
      changed();
    },
    watch,
  };
}

/** The index behind the last record that a read from an index brings. */
function endOfRead(records: StoredRecords, first: number, limit: Required<ReadLimit>): number {
  let last = first;
  for (let bytes = 0; last < records.count() && last - first < limit.records; last += 1) {
    bytes += records.sizeAt(last);
    if ((records.at(last)?.offset ?? limit.to) >= limit.to || (bytes > limit.bytes && last > first)) break;
  }
  return last;
}

function outOfRange({ topic, partition, offset }: StartPosition, { start, end }: LogRange): KeylineError {
  const lost = offset < start ? `offsets ${offset} to ${start - 1} were deleted` : "the log was cut off or recreated";
  return new KeylineError(
    "offset_out_of_range",
    `cannot read ${topic}/${partition} from ${offset}: the log holds ${start} to ${end}, ${lost}`,
  );
}

/** Bytes of a record's key, value and headers: what counts against a transport's `maxBatchBytes`. */
export function payloadBytes({ key, value, headers }: ProducerRecord): number {
  let bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength;
  return bytes;
}
