/** The keys that wait until the cause of a refusal is fixed. */
export interface ParkedKeys {
  add(hash: string, slot: number): void;
  has(hash: string): boolean;
  /** What is left out when rows are read. */
  hashes(): readonly string[];
  /** Lets those go on that have waited long enough; true where there are any. Not while rows are being read. */
  releaseDue(): boolean;
  drop(slots: ReadonlySet<number>): void;
  size(): number;
}

/**
 * Invariant: a key here has no row in memory, and none of its rows is read. It goes between two readings only: the next one
 * begins with its first row.
 */
export function createParkedKeys(retryMs: number, nowMs: () => number): ParkedKeys {
  const parked = new Map<string, { readonly slot: number; readonly untilMs: number }>();
  return {
    add(hash, slot) {
      parked.set(hash, { slot, untilMs: nowMs() + retryMs });
    },
    has: (hash) => parked.has(hash),
    hashes: () => [...parked.keys()],
    releaseDue() {
      const due = [...parked].filter(([, { untilMs }]) => untilMs <= nowMs());
      for (const [hash] of due) parked.delete(hash);
      return due.length > 0;
    },
    drop(slots) {
      for (const [hash, { slot }] of parked) if (slots.has(slot)) parked.delete(hash);
    },
    size: () => parked.size,
  };
}
