import type { Transport } from "../ports/transport.js";
import type { Backpressure } from "./backpressure.js";
import type { LaneWorker } from "./lane-worker.js";

export interface HoldEndsOptions {
  readonly transport: Transport;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly pressure: Backpressure;
}

/** Finds out for held events whether what they wait for is in the log at all. */
export interface HoldEnds {
  /** Asks for the ends of the logs that some held event waits for, and wakes the workers with the answer. */
  tick(workers: readonly LaneWorker[]): Promise<void>;
}

/**
 * Invariant: at most one question is under way. Its time is taken before the broker is asked and handed on with the answer,
 * so a queue can tell which works had arrived by then: only for them does an end below the cause mean that it is missing.
 */
export function createHoldEnds({ transport, nowMs, pressure }: HoldEndsOptions): HoldEnds {
  let isAsking = false;

  const ask = async (worker: LaneWorker) => {
    const awaited = worker.queue.awaited();
    if (awaited.length === 0) return;
    const askedAtMs = nowMs();
    const ranges = await transport.logRanges(awaited);
    const ends = new Map(awaited.map((log, index) => [log, ranges[index]?.end ?? 0]));
    await pressure.scanAhead(worker.queue, ends);
    for (const [log, end] of ends) worker.queue.logEnd(log, end, askedAtMs);
    worker.wake();
  };

  return {
    async tick(workers) {
      if (isAsking) return;
      isAsking = true;
      try {
        await Promise.all(workers.map(ask));
      } finally {
        isAsking = false;
      }
    },
  };
}
