import { nextDelayMs, type RetryPolicy } from "../retry.js";

/** How often an event has failed so far. */
export interface Attempts {
  readonly attempts: number;
  /** When the first attempt failed (milliseconds since 1970). */
  readonly firstAtMs: number;
}

/** An attempt that failed. */
export interface FailedAttempt extends Attempts {
  /** The pause before the next attempt; null when none is left. */
  readonly delayMs: number | null;
}

/** Counts the failed attempts of the works of a lane (P7). */
export interface AttemptCounter<Work> {
  /** The number of the attempt that comes next; the first is 1. */
  next(work: Work): number;
  failed(work: Work, thrown: unknown): FailedAttempt;
  /** The work is finished. */
  done(work: Work): void;
}

/**
 * Invariant: `failed` has the works that failed at least once and are not finished. A lane that is taken again counts from
 * the start: its works are others.
 */
export function createAttemptCounter<Work>(policy: RetryPolicy, clock: () => number): AttemptCounter<Work> {
  const failed = new Map<Work, Attempts>();
  const next = (work: Work) => (failed.get(work)?.attempts ?? 0) + 1;
  return {
    next,
    failed(work, thrown) {
      const attempts = next(work);
      const nowMs = clock();
      const firstAtMs = failed.get(work)?.firstAtMs ?? nowMs;
      failed.set(work, { attempts, firstAtMs });
      return { attempts, firstAtMs, delayMs: nextDelayMs(policy, attempts, nowMs - firstAtMs, thrown) };
    },
    done: (work) => void failed.delete(work),
  };
}
