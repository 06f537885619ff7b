import type { SeenAlert } from "../live/model.js";
import type { RunningClass } from "./run-class.js";

/** How long alerts took from their trigger to the teacher. */
export interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** From the moment when an alert's event was sent, or its deadline was over in the classroom's time; null if unknown. */
export function latencyOf(alert: SeenAlert, { clock, sentAt }: Pick<RunningClass, "clock" | "sentAt">): number | null {
  const isDeadline = alert.trigger === "stuck_10min";
  const triggeredMs = isDeadline ? clock.reachedAt(alert.atMs + 1) : sentAt(alert.studentId, alert.atMs);
  return triggeredMs === null ? null : Math.max(0, alert.seenMs - triggeredMs);
}

export function summarise(latencies: readonly number[]): Latency {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
}
