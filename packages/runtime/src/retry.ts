/** How a failing event is tried again (P7). */
export interface RetryPolicy {
  /** How often a handler is called for one event at most, the first call included. Default 5. 1 never tries again. */
  readonly attempts?: number;
  /** No further attempt begins later than this after the first failed. Default 30,000 ms. */
  readonly withinMs?: number;
  /** The pause after the first failure; each further one doubles it. Default 200 ms. */
  readonly firstDelayMs?: number;
}

/** The pause before the next attempt, or null when there is none. */
export function nextDelayMs(policy: RetryPolicy, attempts: number, sinceFirstFailureMs: number): number | null {
  const { attempts: most = 5, withinMs = 30_000, firstDelayMs = 200 } = policy;
  const delayMs = firstDelayMs * 2 ** (attempts - 1);
  return attempts >= most || sinceFirstFailureMs + delayMs > withinMs ? null : delayMs;
}
