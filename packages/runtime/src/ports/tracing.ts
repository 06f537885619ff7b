import type { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { ConsumerRecord, TopicPartition } from "./transport.js";

/**
 * The headers by which a trace travels with an event: `traceparent`, `tracestate` and `baggage` of W3C, or what else the
 * app's propagator writes.
 */
export type TraceHeaders = Readonly<Record<string, string>>;

/** An event on its way to its log. */
export interface TracedSend {
  readonly topic: string;
  /** Personal data, as a rule. Null on an unkeyed topic. */
  readonly key: string | null;
  readonly eventId: string | null;
  readonly correlationId: string | null;
  /** The trace of what caused the event; null for none. The span that is active counts before it. */
  readonly cause: TraceHeaders | null;
  /** It comes from an outbox, maybe that of another process: what is active here is not its parent, its cause alone is. */
  readonly isStored: boolean;
}

/** The span of a send. Exactly one of `sent` and `failed` is called. */
export interface SendSpan {
  /** What the event carries to its readers. Empty: it carries the trace of its cause as that came. */
  readonly headers: TraceHeaders;
  /** The log has the event. */
  sent(position: RecordPosition): void;
  failed(error: unknown): void;
}

/** Records that one fetch brought of one partition; at least one. */
export interface TracedBatch extends TopicPartition {
  readonly groupId: string;
  readonly records: readonly ConsumerRecord[];
}

/** How long an event was held back, and for which cause (P6). */
export interface Hold {
  readonly heldMs: number;
  readonly cause: RecordPosition;
}

/** One attempt to process an event: by a handler, or by a projection. */
export interface TracedAttempt {
  readonly groupId: string;
  readonly record: ConsumerRecord;
  /** Personal data, as a rule. Null for a record without one. */
  readonly key: string | null;
  /** Null where the event has none, or cannot be read. */
  readonly eventId: string | null;
  readonly correlationId: string | null;
  /** As the event names them: a CloudEvent in itself, and those count before the record's headers. */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  /** Counts from 1. */
  readonly attempt: number;
  /** Null where it was not held, and from the second attempt on. */
  readonly hold: Hold | null;
}

/**
 * What became of an attempt. `failed`: another one follows after `delayMs`; null: none is left, and what is done with the
 * event follows as an attempt of its own. `rolledBack`: nothing of it counts, since the lane is another owner's, or since
 * its transaction was not written.
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
  /** Runs the app's code so that the span is active in it, and in what it awaits. */
  run<T>(code: () => T): T;
  end(outcome: AttemptOutcome): void;
}

/**
 * Traces what producers, consumers and projections do. Given to them as `tracing`; without it nothing is traced and
 * events carry on the trace headers that they came with. `@keyline/opentelemetry` implements it.
 *
 * Everything is called synchronously and must not throw: it would be taken for a failure of what is traced.
 */
export interface Tracing {
  /** The headers of what is active here, for an event that is stored now and published later. Empty where nothing is. */
  active(): TraceHeaders;
  /** A send begins. */
  send(event: TracedSend): SendSpan;
  /** A batch was fetched. The span ends when its records are queued. */
  receive(batch: TracedBatch): { end(): void };
  /** An attempt begins. */
  process(attempt: TracedAttempt): AttemptSpan;
}
