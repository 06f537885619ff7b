import type { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { ConsumerRecord, TopicPartition } from "./transport.js";

/**
 * The headers that carry a trace with an event: W3C's `traceparent`, `tracestate` and `baggage`, or those of the app's
 * propagator.
 */
export type TraceHeaders = Readonly<Record<string, string>>;

/** An event that is sent. */
export interface TracedSend {
  readonly topic: string;
  /** Usually personal data. Null on a topic without a key. */
  readonly key: string | null;
  readonly eventId: string | null;
  readonly correlationId: string | null;
  /** The trace of the event's cause; null if it has none. An active span takes precedence. */
  readonly cause: TraceHeaders | null;
  /** It comes from an outbox, perhaps of another process: the active span is not its parent, only its cause is. */
  readonly isStored: boolean;
}

/** The span of a send. Exactly one of `sent` and `failed` is called. */
export interface SendSpan {
  /** The trace headers of the event. Empty: the event carries the trace of its cause unchanged. */
  readonly headers: TraceHeaders;
  /** The event is in the log. */
  sent(position: RecordPosition): void;
  failed(error: unknown): void;
}

/** The records of one partition from one fetch; at least one. */
export interface TracedBatch extends TopicPartition {
  readonly groupId: string;
  readonly records: readonly ConsumerRecord[];
}

/** How long an event was held, and for which cause (P6). */
export interface Hold {
  readonly heldMs: number;
  readonly cause: RecordPosition;
}

/** One attempt of a handler or a projection to process an event. */
export interface TracedAttempt {
  readonly groupId: string;
  readonly record: ConsumerRecord;
  /** Usually personal data. Null for a record without a key. */
  readonly key: string | null;
  /** Null if the event has none or cannot be read. */
  readonly eventId: string | null;
  readonly correlationId: string | null;
  /** The event's trace: from the attributes of its CloudEvent if it has them, else from the record's headers. */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** Null if the event was not held, and from the second attempt on. */
  readonly hold: Hold | null;
}

/**
 * The result of an attempt. `failed`: the next attempt follows after `delayMs`; with null there is none, and what is
 * done with the event is traced as another attempt. `rolledBack`: the attempt has no effect, since the lane has another
 * owner or its transaction was not written.
 */
export type AttemptOutcome =
  | { readonly as: "handled" | "rolledBack" }
  | { readonly as: "ignored"; readonly reason: string }
  | { readonly as: "failed"; readonly error: KeylineError; readonly delayMs: number | null }
  | { readonly as: "deadLettered"; readonly error: KeylineError }
  /** It waits for its key to be released; without an error behind another event of it. */
  | { readonly as: "parked"; readonly error: KeylineError | null };

/** The span of an attempt. `end` is called once, after the last `run`. */
export interface AttemptSpan {
  /** Runs the app's code so that the span is active in it and across what it awaits. */
  run<T>(code: () => T): T;
  end(outcome: AttemptOutcome): void;
}

/**
 * Traces the work of producers, consumers and projections. Pass it to them as `tracing`; without it nothing is traced,
 * and events carry on the trace headers of their cause. `@keyline/opentelemetry` implements it.
 *
 * Every function is called synchronously and must not throw: that would count as a failure of the traced work.
 */
export interface Tracing {
  /** The headers of the active span, for an event that is stored now and published later. Empty if there is none. */
  active(): TraceHeaders;
  /** A send begins. */
  send(event: TracedSend): SendSpan;
  /** A batch was fetched. The span ends when its records are queued. */
  receive(batch: TracedBatch): { end(): void };
  /** An attempt begins. */
  process(attempt: TracedAttempt): AttemptSpan;
}
