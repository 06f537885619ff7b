import type { LaneQueue } from "../lane/lane-queue.js";
import { orderKeyOfBytes } from "../lane/order-key.js";
import type { PartitionLog } from "../lane/partition-log.js";
import type { Transport, TransportConsumer } from "../ports/transport.js";
import type { ByteBudget } from "./byte-budget.js";

export interface BackpressureOptions {
  readonly transport: Transport;
  readonly consumer: () => TransportConsumer;
  /**
   * Unfinished records of one topic-partition that are held in memory, beside those of keys that back off or are held: these
   * are bounded by their bytes alone, so that they stop no other key.
   */
  readonly bufferRecords: number;
  readonly budget: ByteBudget;
}

/** Bounds what is held in memory of each topic-partition, and lets no held event wait for another key because of it. */
export interface Backpressure {
  /**
   * Pauses each full partition of a lane and resumes it at half; one that a held event waits for may overrun its records,
   * not its bytes.
   */
  regulate(queue: LaneQueue<unknown>): void;
  /** Scans ahead in full partitions, up to their logs' ends, for records of the keys that wait for them. */
  scanAhead(queue: LaneQueue<unknown>, ends: ReadonlyMap<PartitionLog, number>): Promise<void>;
}

/** How far beyond its limit a full partition is read when a held event waits for it. */
const heldOverrun = 4;

/** @see Backpressure */
export function createBackpressure(options: BackpressureOptions): Backpressure {
  const { transport, consumer, bufferRecords, budget } = options;

  /** Reads keys only and keeps none: what lies there of a waiting key is fetched again in its turn. */
  const scan = async (queue: LaneQueue<unknown>, log: PartitionLog, end: number) => {
    const waiting = queue.waitingFor(log);
    if (waiting.size === 0) return;
    let to = 0;
    for (const offset of waiting.values()) to = Math.max(to, offset + 1);
    to = Math.min(to, end);
    const found = to > log.next ? await firstOffsets(log, to, waiting) : new Map<string, number>();
    for (const [orderKey, offset] of waiting) {
      const first = found.get(orderKey);
      queue.scanned(log, orderKey, { emptyBelow: first ?? Math.min(offset + 1, to), foundAt: first ?? null });
    }
  };

  const firstOffsets = async (log: PartitionLog, to: number, wanted: ReadonlyMap<string, number>) => {
    const found = new Map<string, number>();
    const keep = (key: Uint8Array | null) => key !== null && wanted.has(orderKeyOfBytes(key));
    for await (const { records } of transport.read(log, { from: log.next, to }, { keep })) {
      for (const { key, offset } of records) {
        const orderKey = key === null ? "" : orderKeyOfBytes(key);
        if (!found.has(orderKey)) found.set(orderKey, offset);
      }
      if (found.size === wanted.size) break;
    }
    return found;
  };

  const regulate = (queue: LaneQueue<unknown>, log: PartitionLog) => {
    const awaited = queue.isAwaited(log);
    const limit = bufferRecords * (awaited ? heldOverrun : 1);
    const all = log.unfinished.size;
    // To count what waits takes a while: only where it matters.
    const size = all < bufferRecords / 2 ? all : all - queue.waiting(log);
    if (!log.paused && (size >= limit || budget.isSpent(log))) {
      log.paused = true;
      consumer().pause([log]);
    } else if (log.paused && (size < bufferRecords / 2 || (awaited && size < limit)) && budget.hasRoom(log)) {
      log.paused = false;
      consumer().resume([log]);
    }
  };

  return {
    regulate(queue) {
      for (const log of queue.logs()) regulate(queue, log);
    },
    async scanAhead(queue, ends) {
      await Promise.all([...ends].map(([log, end]) => (log.paused ? scan(queue, log, end) : undefined)));
    },
  };
}
