/** The transactions of one partition's log that have not ended. */
export interface LogTransactions {
  /** Where readers of committed records stop: at the oldest open transaction, else at the end. */
  stableEnd(): number;
  /** A transaction begins at the end, with a record that nothing reads, and stays open until the result ends it. */
  openTransaction(): () => void;
}

/**
 * Invariant: `open` are the transactions that have not ended, by the offset of their first record. They begin one after the
 * other, so the first of them is the oldest.
 */
export function createLogTransactions(end: () => number, skip: (offsets: number) => void): LogTransactions {
  const open = new Set<number>();

  return {
    stableEnd: () => open.values().next().value ?? end(),
    openTransaction() {
      const first = end();
      open.add(first);
      skip(1);
      // Its marker is an offset without a record, too.
      return () => skip(open.delete(first) ? 1 : 0);
    },
  };
}
