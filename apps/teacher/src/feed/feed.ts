/** What happened lately, in order, for readers that each go at their own pace and none of which is waited for. */
export interface Feed<Item> {
  /** The place after the latest item. */
  readonly end: number;
  push(item: Item): void;
  /** The items from a place on; null where some of them are forgotten, or the place is beyond the end. */
  since(place: number): readonly Item[] | null;
  /** Resolves when there is something beyond the place, when the signal fires, or after `timeoutMs`. */
  changed(place: number, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<void>;
}

/** Remembers the latest `capacity` items. */
export function createFeed<Item>(capacity: number): Feed<Item> {
  // Invariant: `items` are the latest of the `end` items that were ever pushed, `capacity` at most; `waiting` wakes
  // the readers that have all of them.
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  let end = 0;

  return {
    get end() {
      return end;
    },
    push(item) {
      items.push(item);
      end += 1;
      if (items.length > capacity) items.shift();
      for (const wake of [...waiting]) wake();
    },
    since(place) {
      const start = end - items.length;
      return place < start || place > end ? null : items.slice(place - start);
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
