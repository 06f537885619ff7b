import { setTimeout as sleep } from "node:timers/promises";
import { checkNames, type NamesOf } from "./known-names.js";

/** How a failing event is retried (P7). */
export interface RetryPolicy {
  /** The maximum number of calls of a handler for one event, including the first. Default 5. 1 means no retry. */
  readonly attempts?: number;
  /** No attempt begins later than this after the first one failed. Default 30,000 ms. */
  readonly withinMs?: number;
  /** The pause after the first failure; each further pause is twice as long. Default 200 ms. */
  readonly firstDelayMs?: number;
  /**
   * Called with the error that a handler or reducer threw; if it returns false, the event is given up at once: for
   * failures that a retry cannot fix. Default: all errors are retried, except {@link DoNotRetry}. If it throws, that
   * counts as true.
   */
  readonly if?: (thrown: unknown) => boolean;
}

const policyNames: NamesOf<RetryPolicy> = { attempts: true, withinMs: true, firstDelayMs: true, if: true };

/** Throws `options_invalid` for a field that there is not. */
export const checkPolicy = (subject: string, policy: RetryPolicy | undefined): void =>
  checkNames(`${subject}: retry`, policy, policyNames);

const doNotRetry = "DoNotRetry";

/**
 * Throw it in a handler or a reducer to give the event up at once, without another attempt, whatever `retry` says. The
 * event is dead-lettered or parked with this error's message.
 */
export class DoNotRetry extends Error {
  override readonly name = doNotRetry;
}

/** Whether what was thrown may be tried again. Knows errors of a second copy of this package by their name. */
function isWorthRetrying({ if: isWorth }: RetryPolicy, thrown: unknown): boolean {
  if (thrown instanceof Error && thrown.name === doNotRetry) return false;
  try {
    return isWorth?.(thrown) !== false;
  } catch {
    return true;
  }
}

/** The pause before the next attempt after `thrown`, or null when there is none. */
export function nextDelayMs(
  policy: RetryPolicy,
  attempts: number,
  sinceFirstFailureMs: number,
  thrown: unknown,
): number | null {
  if (!isWorthRetrying(policy, thrown)) return null;
  const { attempts: most = 5, withinMs = 30_000, firstDelayMs = 200 } = policy;
  const delayMs = firstDelayMs * 2 ** (attempts - 1);
  return attempts >= most || sinceFirstFailureMs + delayMs > withinMs ? null : delayMs;
}

/** When to retry, and how long the pauses are. */
export interface Retry {
  /** The pause after the first failure; each further pause is twice as long. */
  readonly firstPauseMs: number;
  /** The maximum length of a pause. */
  readonly longestPauseMs: number;
  /** Whether to retry; `pauseMs` is the maximum length of the pause. Otherwise the failure is thrown. */
  mayRetry(caught: unknown, pauseMs: number): boolean;
  /** Ends a pause: the last failure is thrown then. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `run` until it resolves. Each pause is shortened at random by up to half, so that processes that failed
 * together do not retry together. Throws the last failure.
 */
export async function retry<T>(
  { firstPauseMs, longestPauseMs, mayRetry, signal }: Retry,
  run: () => Promise<T>,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await run();
    } catch (caught) {
      if (signal?.aborted || !mayRetry(caught, pauseMs)) throw caught;
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {}).catch(() => undefined);
      if (signal?.aborted) throw caught;
    }
  }
}
