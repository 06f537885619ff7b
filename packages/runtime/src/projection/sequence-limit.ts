import { laneRetry } from "../group/lane-retry.js";
import type { LaneId } from "../ports/store.js";
import type { Transport } from "../ports/transport.js";
import { retry } from "../retry.js";

/** How high a number in `keyline-seq` can be: it counts events that lie on the lane's logs. */
export interface SequenceLimit {
  /** No event that had arrived when the broker was asked last can have a higher number. */
  highest(): number;
  /**
   * Asks the broker if the number, of an event that arrived then, may be above only because the last answer is old. Rejects where
   * it is refused an answer, or the signal fires first: without one nothing can be said of the number.
   */
  reach(number: number, arrivedAtMs: number, signal: AbortSignal): Promise<void>;
}

export interface SequenceLimitOptions {
  readonly transport: Transport;
  readonly lane: LaneId;
  /** Addresses of all topics of the lane's domain, also of those that are not read: one count runs over them. */
  readonly topics: readonly string[];
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Invariant: `highest` is a sum of ends that the lane's logs had together, and 0 before the first question. Logs only grow
 * while a lane is owned, so what was possible stays so. `askedAtMs` is taken before the broker is asked: an answer serves
 * every event that had arrived by then, so any number of forged headers of one fetch costs one question.
 */
export function createSequenceLimit({ transport, lane, topics, nowMs }: SequenceLimitOptions): SequenceLimit {
  let highest = 0;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  return {
    highest: () => highest,
    async reach(number, arrivedAtMs, signal) {
      if (number <= highest || arrivedAtMs < askedAtMs) return;
      const atMs = nowMs();
      highest = Math.max(highest, await retry(laneRetry(signal), () => endsOf(transport, topics, lane.lane)));
      askedAtMs = atMs;
    },
  };
}

async function endsOf(transport: Transport, topics: readonly string[], partition: number): Promise<number> {
  const counts = await transport.partitionCounts(topics);
  const partitions = [...counts].flatMap(([topic, count]) => (partition < count ? [{ topic, partition }] : []));
  const ranges = await transport.logRanges(partitions);
  return ranges.reduce((sum, { end }) => sum + end, 0);
}
