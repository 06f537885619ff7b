import { setTimeout as sleep } from "node:timers/promises";
import { isKeylineError, type KeylineError } from "../errors.js";
import { retry } from "../retry.js";

/**
 * What a lane at work asks of its store. Whatever the store says, the lane waits and asks again: no event is to blame
 * that a database is away, read-only or full, or that its schema is not what it was.
 */
export interface StoreWait {
  /** Asks until the store answers, or until the signal says that the answer is of no use any more. */
  ask<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T>;
  /** The store did not do what it was asked for. */
  failed(error: KeylineError): void;
  /** The store did what it was asked for. */
  answered(): void;
  /** Waits before a write is tried again, until the signal at most: longer each time, until the store has answered. */
  pause(signal: AbortSignal): Promise<void>;
  /** Why the lane waits; null while it does not. */
  reason(): KeylineError | null;
}

const firstPauseMs = 50;
const longestPauseMs = 5000;

/**
 * Invariant: `reason` is what the store said last of something that was not done since; null where there is nothing. A read
 * that succeeds at once says nothing about a write that was refused, so it does not end the waiting. `pauseMs` is the next
 * pause, and the first one again once `reason` is null.
 */
export function createStoreWait(waits: (error: KeylineError) => void): StoreWait {
  let reason: KeylineError | null = null;
  let pauseMs = firstPauseMs;

  const failed = (error: KeylineError) => {
    reason = error;
    waits(error);
  };

  const answered = () => {
    reason = null;
    pauseMs = firstPauseMs;
  };

  return {
    async ask(signal, run) {
      let hasFailed = false;
      const mayRetry = (caught: unknown) => {
        if (!isKeylineError(caught)) return false;
        if (caught.code !== "store_unavailable") return caught.retryable;
        hasFailed = true;
        failed(caught);
        return true;
      };
      const answer = await retry({ firstPauseMs, longestPauseMs, mayRetry, signal }, run);
      if (hasFailed) answered();
      return answer;
    },
    failed,
    answered,
    async pause(signal) {
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    },
    reason: () => reason,
  };
}
