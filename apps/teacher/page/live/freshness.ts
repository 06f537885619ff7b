import type { AppLag, Status } from "../../src/wire.js";

/** Whether what the page shows is true now. */
export type Freshness = "up-to-date" | "behind" | "stopped" | "lost" | "connecting";

/** Longer than any batch takes. */
const stoppedMs = 10_000;
const pauseMs = 2000;
/** So few are handled within a moment while an app gets on: a busy class is never further. */
const fewEvents = 10;

export const isStopped = ({ behind, stalledMs }: AppLag) => behind > 0 && stalledMs > stoppedMs;

export function freshnessOf(known: {
  readonly isLive: boolean;
  readonly isLoaded: boolean;
  readonly status: Status | null;
}): Freshness {
  const { isLive, isLoaded, status } = known;
  if (!isLive) return isLoaded ? "lost" : "connecting";
  if (status === null) return "connecting";
  if (status.apps === null || status.apps.some(isStopped)) return "stopped";
  const isBehind = ({ behind, stalledMs }: AppLag) => behind > fewEvents || (behind > 0 && stalledMs > pauseMs);
  return status.apps.some(isBehind) ? "behind" : "up-to-date";
}
