/** What changed, for readers that each go at their own pace and none of which is waited for. */
export interface Feed<Item> {
  /** The place after the latest change. */
  readonly end: number;
  /** Tells what changed together. */
  push(items: readonly Item[]): void;
  /** What changed from a place on, each item once, as it is now; null where the place never was. */
  since(place: number): readonly Item[] | null;
  /** Resolves when there is something beyond the place, when the signal fires, or after `timeoutMs`. */
  changed(place: number, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<void>;
}

/** Remembers each item as it last was: its memory grows with the items, not with how often they change. */
export function createFeed<Item>(nameOf: (item: Item) => string): Feed<Item> {
  // Invariant: `latest` has each item that was ever pushed, with the place of its last change, in the order of these; `waiting`
  // wakes the readers that have all of them.
  const latest = new Map<string, { readonly item: Item; readonly place: number }>();
  const waiting = new Set<() => void>();
  let end = 0;

  return {
    get end() {
      return end;
    },
    push(items) {
      for (const item of items) {
        const name = nameOf(item);
        latest.delete(name);
        latest.set(name, { item, place: end });
      }
      end += 1;
      for (const wake of [...waiting]) wake();
    },
    since(from) {
      if (from < 0 || from > end) return null;
      return [...latest.values()].flatMap(({ item, place }) => (place >= from ? [item] : []));
    },
    changed(place, { timeoutMs, signal }) {
      if (place < end || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        signal.addEventListener("abort", wake);
        waiting.add(wake);
      });
    },
  };
}
