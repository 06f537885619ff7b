import type { RecordPosition } from "../hooks.js";
import type { TopicPartition, Transport } from "../ports/transport.js";

/** A transaction of some producer that has not ended: readers of committed records stop at its first record. */
export interface OpenTransaction extends RecordPosition {
  /** For how long it has been seen. */
  readonly openMs: number;
}

/** Finds out which logs cannot be read to their ends because of a transaction. */
export interface OpenTransactions {
  /** Asks the brokers; gives back the transactions that were open at this look and at the one before. */
  look(partitions: readonly TopicPartition[]): Promise<readonly OpenTransaction[]>;
}

/**
 * Invariant: `seen` has for each log of the last look that ended before its high watermark where it ended, and since when it
 * did. The stable ends are asked for first, so a log that only grew meanwhile looks open once, and not at the next look.
 */
export function createOpenTransactions(
  transport: Pick<Transport, "logRanges" | "stableEnds">,
  nowMs: () => number,
): OpenTransactions {
  const seen = new Map<string, { readonly offset: number; readonly sinceMs: number }>();

  return {
    async look(partitions) {
      const stable = await transport.stableEnds(partitions);
      const ranges = await transport.logRanges(partitions);
      const before = new Map(seen);
      seen.clear();
      return partitions.flatMap(({ topic, partition }, index) => {
        const { end } = ranges[index] ?? { end: 0 };
        const offset = stable[index] ?? end;
        if (offset >= end) return [];
        const name = `${topic}/${partition}`;
        const last = before.get(name);
        const sinceMs = last?.offset === offset ? last.sinceMs : nowMs();
        seen.set(name, { offset, sinceMs });
        return last?.offset === offset ? [{ topic, partition, offset, openMs: nowMs() - sinceMs }] : [];
      });
    },
  };
}

/** What lies behind a transaction's first record is reported as waiting once the transaction was open for so long. */
const tellAfterMs = 10_000;
const lookEveryMs = 5000;

export interface TransactionWatchOptions {
  readonly transport: Transport;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly partitions: () => readonly TopicPartition[];
  told(open: OpenTransaction): void;
}

/**
 * Reports transactions that stay open, each at every look. What it cannot ask, it asks again.
 * Invariant: one look at most is under way, and the next begins no sooner than `nextMs`.
 */
export function createTransactionWatch(options: TransactionWatchOptions): { tick(): void } {
  const { nowMs } = options;
  const transactions = createOpenTransactions(options.transport, nowMs);
  let nextMs = 0;

  const look = async () => {
    for (const open of await transactions.look(options.partitions())) {
      if (open.openMs >= tellAfterMs) options.told(open);
    }
  };

  return {
    tick() {
      if (nowMs() < nextMs) return;
      nextMs = Number.POSITIVE_INFINITY;
      look()
        .catch(() => undefined)
        .finally(() => {
          nextMs = nowMs() + lookEveryMs;
        });
    },
  };
}
