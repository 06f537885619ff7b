import { setTimeout as sleep } from "node:timers/promises";

/**
 * Resolves to true when a topic has more partitions than were shared out, and to false when the signal is aborted. A
 * question that fails is asked again after the next interval.
 */
export async function untilGrown(
  shared: Readonly<Record<string, number>>,
  ask: (topics: readonly string[]) => Promise<ReadonlyMap<string, number>>,
  everyMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const topics = Object.keys(shared);
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
    const counts = await ask(topics).catch(() => new Map<string, number>());
    if ([...counts].some(([topic, count]) => count > (shared[topic] ?? 0))) return !signal.aborted;
  }
  return false;
}
