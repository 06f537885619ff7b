import type { ConsumerRecord, ProducerRecord, RecordBatch, TopicPartition } from "@keyline/runtime";
import type { FetchedPartition, IncomingMessage, OutgoingMessage } from "../client/protocol.js";
import { bufferOf, fromKafkaHeaders, toKafkaHeaders } from "./headers.js";

/** As kafkajs writes it. */
export const toMessage = ({ key, value, headers, timestampMs }: ProducerRecord): OutgoingMessage => ({
  key: key && bufferOf(key),
  value: value && bufferOf(value),
  headers: toKafkaHeaders(headers),
  timestamp: timestampMs,
});

/** Bytes of keys, values and headers. */
export function payloadBytes({ key, value, headers }: ProducerRecord): number {
  const inHeaders = headers.reduce((sum, [name, bytes]) => sum + name.length + bytes.byteLength, 0);
  return (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + inHeaders;
}

/** What a fetch from an offset brought of a partition; nothing of transactions that were given up. */
export function toBatch(target: TopicPartition, from: number, fetched: FetchedPartition): RecordBatch {
  const { topic, partition } = target;
  const records = committedOf(fetched)
    .filter((message) => Number(message.offset) >= from)
    .map((message): ConsumerRecord => {
      const { key, value } = message;
      const place = { topic, partition, offset: Number(message.offset), timestampMs: Number(message.timestamp) };
      return { ...place, key, value, headers: fromKafkaHeaders(message.headers) };
    });
  const last = fetched.messages.at(-1);
  // A batch of the log keeps its last offset when compaction takes records away.
  const end = last ? Number(last.batchContext.firstOffset) + last.batchContext.lastOffsetDelta + 1 : from;
  return { topic, partition, records, nextOffset: Math.max(from, end), logEnd: Number(fetched.highWatermark) };
}

/** The two bytes after the version of a marker's key: 0 for a transaction that was given up. */
const abortMarker = 0;

function committedOf({ messages, abortedTransactions }: FetchedPartition): readonly IncomingMessage[] {
  const ahead = [...abortedTransactions].sort((one, other) => Number(one.firstOffset) - Number(other.firstOffset));
  const aborted = new Set<string>();
  return messages.filter((message) => {
    const { producerId, inTransaction } = message.batchContext;
    while (ahead[0] && Number(ahead[0].firstOffset) <= Number(message.offset)) {
      aborted.add(ahead.shift()?.producerId ?? "");
    }
    if (message.isControlRecord) {
      if (message.key?.readInt16BE(2) === abortMarker) aborted.delete(producerId);
      return false;
    }
    return !(inTransaction && aborted.has(producerId));
  });
}
