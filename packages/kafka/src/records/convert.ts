import type { ProducerRecord, RecordBatch, TopicPartition } from "@keyline/runtime/transport";
import type { FetchedPartition } from "../wire/fetch.js";
import type { LogBatch } from "../wire/read-batches.js";

/** Bytes of keys, values and headers. */
export function payloadBytes({ key, value, headers }: ProducerRecord): number {
  let bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength;
  return bytes;
}

/** What a fetch from an offset brought of a partition, without transactions that were given up. */
export function toBatch({ topic, partition }: TopicPartition, from: number, fetched: FetchedPartition): RecordBatch {
  const committed = committedOf(fetched).flatMap(({ records }) => records);
  // The log is read from a batch's beginning, wherever in it the position lies.
  const records = committed.some(({ offset }) => offset < from)
    ? committed.filter(({ offset }) => offset >= from)
    : committed;
  const end = (fetched.batches.at(-1)?.lastOffset ?? -1) + 1;
  const nextOffset = Math.max(from, end);
  return { topic, partition, records, fromOffset: from, nextOffset, logEnd: fetched.highWatermark };
}

/** The two bytes after the version of a marker's key: 0 for a transaction that was given up. */
const abortMarker = 0;

function committedOf({ batches, abortedTransactions }: FetchedPartition): readonly LogBatch[] {
  const ahead = abortedTransactions.toSorted((one, other) => one.firstOffset - other.firstOffset);
  const aborted = new Set<bigint>();
  return batches.filter(({ baseOffset, producerId, transactional, control, records }) => {
    while (ahead[0] && ahead[0].firstOffset <= baseOffset) aborted.add(ahead.shift()?.producerId ?? -1n);
    if (control) {
      const key = records[0]?.key;
      if (key && Buffer.from(key).readInt16BE(2) === abortMarker) aborted.delete(producerId);
      return false;
    }
    return !(transactional && aborted.has(producerId));
  });
}
