import type { DecodedEvent } from "../codec/decoded.js";
import type { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { AttemptOutcome, AttemptSpan, Hold, TraceHeaders, Tracing } from "../ports/tracing.js";
import { type Arrival, isRefused } from "./arrival.js";

/** What is traced: a work of a lane, or an event that was parked. Known again as the object that it is. */
export type Attempted = RecordPosition;

/** The spans of a lane's attempts. Without tracing each of them does nothing. */
export interface AttemptSpans {
  held(of: Attempted, cause: RecordPosition): void;
  released(of: Attempted, heldMs: number): void;
  /** An attempt begins, with what was read of the record. */
  begin(of: Attempted, item: Arrival, read: DecodedEvent | KeylineError, attempt: number): void;
  /** Runs the app's code as part of the attempt. */
  run<T>(of: Attempted, code: () => T): T;
  /** The attempt ends; nothing for one that did not begin. */
  end(of: Attempted, outcome: AttemptOutcome): void;
  /** What an event that is emitted now carries: what is active, else the trace of what caused it. */
  traceOf(cause: TraceHeaders | null): TraceHeaders | null;
}

/** Spans of a group's attempts on one lane. */
export const attemptSpans = (tracing: Tracing | undefined, groupId: string): AttemptSpans =>
  tracing ? createAttemptSpans(tracing, groupId) : untraced;

const untraced: AttemptSpans = {
  held: () => undefined,
  released: () => undefined,
  begin: () => undefined,
  run: (_, code) => code(),
  end: () => undefined,
  traceOf: (cause) => cause,
};

/**
 * Invariant: `open` has the span of each attempt that has begun and not ended. `holds` has what is known of the hold of each work
 * that was held and has not been tried yet; if the work is given back with its lane, this goes with it. `running` is set in the
 * turn in which an attempt calls the app's code.
 */
function createAttemptSpans(tracing: Tracing, groupId: string): AttemptSpans {
  const open = new Map<Attempted, AttemptSpan>();
  const holds = new WeakMap<Attempted, Hold>();
  let running = false;

  return {
    held: (of, cause) => void holds.set(of, { heldMs: 0, cause }),
    released(of, heldMs) {
      const hold = holds.get(of);
      if (hold) holds.set(of, { ...hold, heldMs });
    },
    begin(of, { record, key }, read, attempt) {
      const event = isRefused(read) ? null : read;
      const hold = holds.get(of) ?? null;
      if (hold) holds.delete(of);
      const span = tracing.process({
        ...{ groupId, record, key, attempt, hold },
        eventId: event?.id ?? null,
        correlationId: event?.correlationId ?? null,
        traceparent: event?.traceparent ?? null,
        tracestate: event?.tracestate ?? null,
      });
      open.set(of, span);
    },
    run(of, code) {
      const span = open.get(of);
      if (!span) return code();
      running = true;
      try {
        return span.run(code);
      } finally {
        running = false;
      }
    },
    end(of, outcome) {
      const span = open.get(of);
      if (!span) return;
      open.delete(of);
      span.end(outcome);
    },
    traceOf(cause) {
      // What the clock fires has no attempt, and what is active then is whatever was where the projection was started.
      if (!running) return cause;
      const active = tracing.active();
      return Object.keys(active).length > 0 ? active : cause;
    },
  };
}
