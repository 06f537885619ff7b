import { isKeylineError } from "../errors.js";
import type { ConsumerRecord, LogRange, ReadOptions, TopicPartition, Transport } from "../ports/transport.js";

/** The part of a partition to read: from an offset up to (not including) another. */
export interface PartitionScan extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

/** How a partition is read. */
export interface ScanOptions extends ReadOptions {
  /** Called with the next offset after each batch. */
  readonly onRead?: (nextOffset: number) => void;
  /** Called with offsets that retention removed before they were read. Reading continues after them. */
  readonly onLost?: (lost: LogRange) => void;
}

/** Reads a part of a partition, a batch at a time, from a log that may lose its start meanwhile. */
export async function* scanPartition(
  transport: Transport,
  { topic, partition, from, to }: PartitionScan,
  { onRead, onLost, ...options }: ScanOptions = {},
): AsyncGenerator<readonly ConsumerRecord[]> {
  const place = { topic, partition };
  for (let next = from; next < to; ) {
    try {
      for await (const { records, nextOffset } of transport.read(place, { from: next, to }, options)) {
        next = nextOffset;
        yield records;
        onRead?.(next);
      }
      return;
    } catch (caught) {
      const start =
        isKeylineError(caught) && caught.code === "offset_out_of_range" ? await startOf(transport, place) : 0;
      if (start <= next) throw caught;
      onLost?.({ start: next, end: Math.min(start, to) });
      next = start;
    }
  }
}

async function startOf(transport: Transport, place: TopicPartition): Promise<number> {
  const [range] = await transport.logRanges([place]);
  return range?.start ?? 0;
}
