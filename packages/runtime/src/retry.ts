import { setTimeout as sleep } from "node:timers/promises";
import { checkNames, type NamesOf } from "./known-names.js";

/** How a failing event is tried again (P7). */
export interface RetryPolicy {
  /** How often a handler is called for one event at most, the first call included. Default 5. 1 never tries again. */
  readonly attempts?: number;
  /** No further attempt begins later than this after the first failed. Default 30,000 ms. */
  readonly withinMs?: number;
  /** The pause after the first failure; each further one doubles it. Default 200 ms. */
  readonly firstDelayMs?: number;
  /**
   * Asked with what a handler or reducer threw: false gives the event up at once, for failures that no second try mends. Default
   * all are tried again, but for a {@link DoNotRetry}. One that throws itself counts as true.
   */
  readonly if?: (thrown: unknown) => boolean;
}

const policyNames: NamesOf<RetryPolicy> = { attempts: true, withinMs: true, firstDelayMs: true, if: true };

/** Throws `options_invalid` for a field that there is not. */
export const checkPolicy = (subject: string, policy: RetryPolicy | undefined): void =>
  checkNames(`${subject}: retry`, policy, policyNames);

const doNotRetry = "DoNotRetry";

/**
 * Thrown by a handler or a reducer: the event is given up at once, without a second try, whatever `retry` says. It goes where
 * failed events go, with this error's message.
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

/** When something is tried again, and how long the pauses between are. */
export interface Retry {
  /** The pause after the first failure; each further one doubles it. */
  readonly firstPauseMs: number;
  /** No pause is longer than this. */
  readonly longestPauseMs: number;
  /** Whether to try again; `pauseMs` is how long the pause would be at most. Otherwise the failure is thrown. */
  mayRetry(caught: unknown, pauseMs: number): boolean;
  /** Ends a pause: the last failure is thrown then. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `run` until it resolves. Each pause is shortened by up to half, drawn anew, so that processes that failed together
 * do not try again together. Throws the last failure.
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
