import type { KeylineError } from "../errors.js";
import type { Arrival } from "../lane/arrival.js";
import type { Work } from "../lane/work.js";
import { nextDelayMs, type RetryPolicy } from "../retry.js";
import type { StoredTimer } from "./key-state.js";

/** How often something has failed so far, and since when. */
export interface Failure {
  readonly attempts: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly error: KeylineError;
  /** The pause before the next attempt; null when none is left. */
  readonly delayMs: number | null;
  /** How often the store refused what the event changes, or its refusal, when it stood alone. */
  readonly condemned: 0 | 1 | 2;
}

/** How often something was tried, and why no longer. */
export type LastFailure = Omit<Failure, "delayMs" | "condemned">;

/** Counts the failures of a lane's events and timers (P7). */
export interface Failures {
  ofEvent(work: Work<Arrival>): Failure | undefined;
  eventFailed(work: Work<Arrival>, error: KeylineError): Failure;
  eventDone(work: Work<Arrival>): void;
  /**
   * The store refused the event when it stood alone: none of its attempts is left. False where both ways to refuse an event
   * were refused as well. With `rowless` the first of them, by a row of the event's key, is left out.
   */
  condemn(work: Work<Arrival>, error: KeylineError, rowless: boolean): boolean;
  /** The store was to blame: what was condemned begins again. */
  pardon(): void;
  timerFailed(key: string, error: KeylineError): Failure;
  /** Whether the wall clock may fire the key's timers: not during the pause after a failure. */
  timersMayFire(key: string): boolean;
  /** The store refused what these timers change: they are dropped; without any, the clock fires none of the key any more. */
  giveUpTimers(key: string, timers: readonly StoredTimer[]): readonly string[];
  /** Takes out the timers of the key that failed as often as they may. */
  withoutDropped(key: string, timers: readonly StoredTimer[]): StoredTimer[];
  /** The key was written with these timers: what was dropped is gone from the store, and others have fired or were cleared. */
  written(key: string, timers: readonly StoredTimer[]): void;
}

export interface FailuresOptions {
  readonly policy: RetryPolicy;
  readonly clock: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Invariant: `failures` holds the events that have failed and are not done, `ofTimers`, by key, the timers that have failed
 * and still lie in the stored row. `dropped` holds the timers that are given up and still lie there. Lost with the process, after
 * which counting begins again.
 */
export function createFailures({ policy, clock, nowMs }: FailuresOptions): Failures {
  const failures = new Map<Work<Arrival>, Failure>();
  const ofTimers = new Map<string, Map<string, Failure>>();
  const dropped = new Map<string, Set<string>>();
  const timersWaitUntil = new Map<string, number>();

  const oneMore = (known: Failure | undefined, error: KeylineError): Failure => {
    const lastAtMs = clock();
    const firstAtMs = known?.firstAtMs ?? lastAtMs;
    const attempts = (known?.attempts ?? 0) + 1;
    return {
      attempts,
      firstAtMs,
      lastAtMs,
      error,
      delayMs: nextDelayMs(policy, attempts, lastAtMs - firstAtMs, error.cause ?? error),
      condemned: known?.condemned ?? 0,
    };
  };

  const eventFailed = (work: Work<Arrival>, error: KeylineError): Failure => {
    const failure = oneMore(failures.get(work), error);
    failures.set(work, failure);
    return failure;
  };

  const drop = (key: string, timer: string) => void dropped.set(key, (dropped.get(key) ?? new Set()).add(timer));

  return {
    ofEvent: (work) => failures.get(work),
    eventFailed,
    eventDone: (work) => void failures.delete(work),
    condemn(work, error, rowless) {
      const known = failures.get(work);
      if (known?.condemned === 2) return false;
      const isExhausted = known?.delayMs === null;
      const { attempts, firstAtMs, lastAtMs } = isExhausted ? known : eventFailed(work, error);
      const condemned = rowless || known?.condemned === 1 ? 2 : 1;
      // What it failed with before says more than that its refusal cannot be written.
      failures.set(work, {
        ...{ attempts, firstAtMs, lastAtMs, delayMs: null, condemned },
        error: isExhausted ? known.error : error,
      });
      return true;
    },
    pardon() {
      for (const [work, { condemned }] of failures) if (condemned > 0) failures.delete(work);
    },
    timerFailed(key, error) {
      const timer = error.issues.join("@");
      const ofKey = ofTimers.get(key) ?? new Map<string, Failure>();
      const failure = oneMore(ofKey.get(timer), error);
      timersWaitUntil.set(key, nowMs() + (failure.delayMs ?? 0));
      ofTimers.set(key, ofKey.set(timer, failure));
      if (failure.delayMs === null) drop(key, timer);
      return failure;
    },
    timersMayFire(key) {
      if ((timersWaitUntil.get(key) ?? 0) > nowMs()) return false;
      timersWaitUntil.delete(key);
      return true;
    },
    giveUpTimers(key, timers) {
      if (timers.length === 0) timersWaitUntil.set(key, Number.POSITIVE_INFINITY);
      for (const timer of timers) drop(key, nameOf(timer));
      return timers.map(({ name }) => name);
    },
    withoutDropped(key, timers) {
      const names = dropped.get(key);
      // By name and due time: one that is set again under the name is another timer.
      return names ? timers.filter((timer) => !names.has(nameOf(timer))) : [...timers];
    },
    written(key, timers) {
      const gone = dropped.get(key);
      dropped.delete(key);
      const ofKey = ofTimers.get(key);
      if (!ofKey) return;
      const left = new Set(timers.map(nameOf));
      // One that was set again after it had been given up is another one.
      for (const timer of ofKey.keys()) if (gone?.has(timer) || !left.has(timer)) ofKey.delete(timer);
      if (ofKey.size === 0) ofTimers.delete(key);
    },
  };
}

const nameOf = ({ name, dueAtMs }: StoredTimer) => `${name}@${dueAtMs}`;
