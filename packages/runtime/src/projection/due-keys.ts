/** When the keys of a lane have their next timer due. */
export interface DueKeys {
  /** Takes the place of all that was known. */
  load(timers: readonly { readonly key: string; readonly dueAtMs: number }[]): void;
  /** The key's next timer; null for none. */
  set(key: string, dueAtMs: number | null): void;
  has(key: string): boolean;
  /** When the first timer of all is due; infinity for none. */
  firstMs(): number;
  before(timeMs: number): string[];
}

/**
 * Invariant: unless `stale`, `first` is the least time in `dueAt`. It is looked for when it is asked for, not at each
 * change: a transaction changes many keys and asks once.
 */
export function createDueKeys(): DueKeys {
  const dueAt = new Map<string, number>();
  let first = Number.POSITIVE_INFINITY;
  let stale = false;
  return {
    load(timers) {
      dueAt.clear();
      stale = true;
      for (const { key, dueAtMs } of timers) dueAt.set(key, dueAtMs);
    },
    set(key, dueAtMs) {
      if (dueAt.get(key) === (dueAtMs ?? undefined)) return;
      if (dueAtMs === null) dueAt.delete(key);
      else dueAt.set(key, dueAtMs);
      stale = true;
    },
    has: (key) => dueAt.has(key),
    firstMs() {
      if (!stale) return first;
      first = Number.POSITIVE_INFINITY;
      for (const at of dueAt.values()) first = Math.min(first, at);
      stale = false;
      return first;
    },
    before: (timeMs) => [...dueAt].flatMap(([key, at]) => (at < timeMs ? [key] : [])),
  };
}
