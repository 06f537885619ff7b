import type { Answered } from "./probes.js";
import type { Window } from "./windows.js";

/** The 99th percentile of good events' latencies in a window. */
export interface WindowLatency {
  readonly isHostile: boolean;
  readonly events: number;
  readonly p99Ms: number;
}

/** What a window's first seconds hold may come from the one before it. */
const settlingMs = 3000;

/** Below that a ratio says nothing. */
export const floorMs = 20;

/** The latencies of each window. */
export function latenciesIn(windows: readonly Window[], answers: readonly Answered[]): readonly WindowLatency[] {
  return windows.map(({ isHostile, fromMs, toMs }) => {
    const inside = answers
      .filter(({ sentMs }) => sentMs >= fromMs + settlingMs && sentMs < toMs)
      .map(({ latencyMs }) => latencyMs)
      .sort((a, b) => a - b);
    return { isHostile, events: inside.length, p99Ms: inside[Math.ceil(inside.length * 0.99) - 1] ?? 0 };
  });
}

/** Each hostile window's percentile over that of the window before it; the middle one counts. */
export function ratiosOf(latencies: readonly WindowLatency[]): readonly number[] {
  return latencies.flatMap(({ isHostile, p99Ms }, index) => {
    const before = latencies[index - 1];
    return isHostile && before ? [p99Ms / Math.max(floorMs, before.p99Ms)] : [];
  });
}

/** The middle of some numbers; 0 of none. */
export function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
