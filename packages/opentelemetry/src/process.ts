import type { AttemptOutcome, Hold, TracedAttempt, Tracing } from "@keyline/runtime/tracing";
import { context, type Link, type Span, type SpanContext, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { contextOfRecord } from "./carriers.js";
import { describeMessage, knownOperations, names, ownNames, type Told } from "./conventions.js";
import { errorTypeOf, recordFailure } from "./errors.js";
import type { Measures } from "./measures.js";

/**
 * Spans `process {topic}`: one for each attempt. The event's creation context is both parent and link, so that one trace leads
 * from what sent an event to all that it causes, and tools that go by links find it too.
 */
export function processing(tracer: Tracer, measures: Measures, told: Told): Tracing["process"] {
  const operationOf = knownOperations("process");
  return (attempt) => {
    const { record, traceparent, tracestate } = attempt;
    const operation = operationOf(record.topic, attempt.groupId);
    const startedMs = performance.now();
    const created = contextOfRecord({ headers: record.headers, traceparent, tracestate });
    const attributes = operation.ofPartition(record.partition);
    const options = { kind: SpanKind.CONSUMER, attributes, links: linksTo(trace.getSpanContext(created)) };
    const span = tracer.startSpan(operation.name, options, created);
    describeAttempt(span, attempt, told);
    const within = trace.setSpan(created, span);
    return {
      run: (code) => context.with(within, code),
      end(outcome) {
        const error = errorOf(outcome);
        recordOutcome(span, outcome);
        if (error !== null) recordFailure(span, error, told);
        span.end();
        measures.processed(operation, startedMs, error && errorTypeOf(error));
      },
    };
  };
}

/** A propagator reads no context that is not valid. */
const linksTo = (created: SpanContext | undefined): Link[] => (created ? [{ context: created }] : []);

function describeAttempt(span: Span, attempt: TracedAttempt, told: Told): void {
  const { offset, value } = attempt.record;
  span.setAttribute(names.offset, offset);
  if (value === null) span.setAttribute(names.tombstone, true);
  if (attempt.attempt > 1) span.setAttribute(ownNames.attempt, attempt.attempt);
  if (attempt.hold) recordHold(span, attempt.hold);
  describeMessage(span, attempt, told);
}

function recordHold(span: Span, { heldMs, cause }: Hold): void {
  const place = `${cause.topic}/${cause.partition}@${cause.offset}`;
  span.addEvent(ownNames.held, { [ownNames.heldMs]: heldMs, [ownNames.cause]: place });
}

function recordOutcome(span: Span, outcome: AttemptOutcome): void {
  if (outcome.as === "handled") return;
  span.setAttribute(ownNames.outcome, wordOf[outcome.as]);
  if (outcome.as === "ignored") span.setAttribute(ownNames.reason, outcome.reason);
  if (outcome.as === "failed" && outcome.delayMs !== null)
    span.addEvent(ownNames.retry, { [ownNames.delayMs]: outcome.delayMs });
}

const wordOf: { readonly [As in AttemptOutcome["as"]]: string } = {
  handled: "handled",
  rolledBack: "rolled_back",
  ignored: "ignored",
  failed: "failed",
  deadLettered: "dead_lettered",
  parked: "parked",
};

const errorOf = (outcome: AttemptOutcome) => ("error" in outcome ? outcome.error : null);
