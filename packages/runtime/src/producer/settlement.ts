import { textOf } from "../codec/headers.js";
import { KeylineError } from "../errors.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { Accumulator, Entry } from "./accumulator.js";
import { behindFailure } from "./chain.js";
import type { WriteRequest } from "./write-request.js";

/** Settles the promises of callers with the outcome of their records. */
export interface Settlement {
  /** The record is in the log. */
  succeed(entry: Entry, position: RecordPosition, nowMs: number): void;
  fail(entry: Entry, error: KeylineError): void;
  /** Resolves when every record that is unsettled at the call is settled. */
  flush(): Promise<void>;
}

/**
 * Invariant: a record is settled exactly once. It is unsettled as long as the accumulator has it, and it leaves the
 * accumulator in the turn in which its caller is notified; so a second outcome (an answer that arrives after `close` gave the
 * record up) finds nothing to settle. A flush is in `flushes` until the last record that it waits for has left.
 */
export function createSettlement(accumulator: Accumulator, hooks: Hooks | undefined): Settlement {
  const flushes = new Set<{ readonly left: Set<Entry>; done(): void }>();

  const settle = (entry: Entry): Entry | null => {
    const next = accumulator.remove(entry);
    entry.stopListening?.();
    for (const flush of flushes) {
      if (!flush.left.delete(entry) || flush.left.size > 0) continue;
      flushes.delete(flush);
      flush.done();
    }
    return next;
  };

  const failOne = (entry: Entry, error: KeylineError): Entry | null => {
    const { topic, link } = entry.request;
    // Before any later record of its chain may leave.
    link?.fail(error);
    const next = settle(entry);
    const details = { cause: error, retryable: error.retryable, ...eventIdOf(entry.request) };
    entry.reject(new KeylineError(error.code, `cannot send to ${topic}: ${error.rawMessage}`, details));
    return next;
  };

  /** The failure because of which a record will not leave. */
  const stoppedBy = (entry: Entry): KeylineError | null =>
    accumulator.isWaiting(entry) ? (entry.request.link?.stopped() ?? null) : null;

  return {
    succeed(entry, position, nowMs) {
      if (!accumulator.has(entry)) return;
      // Before any successor of its order key may leave: that one names this position as its cause.
      entry.request.acknowledged?.(position);
      settle(entry);
      hooks?.acknowledged?.({ ...position, key: textOrNull(entry.request.key), waitedMs: nowMs - entry.calledAtMs });
      entry.resolve(position);
    },
    fail(entry, error) {
      if (!accumulator.has(entry)) return;
      let next = failOne(entry, error);
      // In their queues they would wait for their turn, one after the other.
      for (let failure = next && stoppedBy(next); next && failure; failure = next && stoppedBy(next))
        next = failOne(next, behindFailure(failure));
    },
    flush() {
      const left = new Set(accumulator.entries());
      if (left.size === 0) return Promise.resolve();
      return new Promise((resolve) => flushes.add({ left, done: resolve }));
    },
  };
}

/** What an error about a record names. */
export const eventIdOf = ({ eventId }: WriteRequest): { readonly eventId?: string } => (eventId ? { eventId } : {});

const textOrNull = (bytes: Uint8Array | null) => (bytes === null ? null : textOf(bytes));
