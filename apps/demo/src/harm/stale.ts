import { setTimeout as sleep } from "node:timers/promises";
import type { DemoStore } from "../pipeline/store.js";

/**
 * Remembers the states of the progress app after a while. The result writes one of them back that has changed since,
 * past every fence, as a process would that comes to life again.
 */
export function keepEarlierState(store: DemoStore, afterMs: number): () => Promise<void> {
  const earlier = sleep(afterMs).then(() => store.states("progress"));
  return async () => {
    const kept = await earlier;
    for (const [key, state] of await store.states("progress")) {
      const before = kept.get(key);
      if (before === state) continue;
      return store.overwriteState("progress", key, before ?? "{}");
    }
  };
}
