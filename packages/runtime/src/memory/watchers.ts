/** Those that want to know of every change of something. */
export interface Watchers {
  changed(): void;
  /** Calls back at every change; the result ends that. */
  watch(watcher: () => void): () => void;
}

/** Invariant: `watchers` are those whose watch was not ended. */
export function createWatchers(): Watchers {
  const watchers = new Set<() => void>();

  return {
    changed() {
      for (const watcher of watchers) watcher();
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}
