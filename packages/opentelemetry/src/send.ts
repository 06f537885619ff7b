import type { TracedSend, Tracing } from "@keyline/runtime/tracing";
import { type Context, context, ROOT_CONTEXT, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { contextOfHeaders, headersOf } from "./carriers.js";
import { describeMessage, knownOperations, names, type Told } from "./conventions.js";
import { errorTypeOf, recordFailure } from "./errors.js";
import type { Measures } from "./measures.js";

/** Spans `send {topic}`. Their context is the one in which the event was created: its readers link to it. */
export function sending(tracer: Tracer, measures: Measures, told: Told): Tracing["send"] {
  const operationOf = knownOperations("send");
  return (event) => {
    const operation = operationOf(event.topic, null);
    const parent = parentOf(event);
    const startedMs = performance.now();
    const options = { kind: SpanKind.PRODUCER, attributes: operation.attributes };
    const span = tracer.startSpan(operation.name, options, parent);
    describeMessage(span, event, told);
    return {
      headers: headersOf(trace.setSpan(parent, span)),
      sent({ partition, offset }) {
        span.setAttribute(names.partition, String(partition));
        span.setAttribute(names.offset, offset);
        span.end();
        measures.sent(operation, startedMs, null);
      },
      failed(error) {
        recordFailure(span, error, told);
        span.end();
        measures.sent(operation, startedMs, errorTypeOf(error));
      },
    };
  };
}

/**
 * The active span where there is one: that of an HTTP request, of a handler, of what a handler awaits. Else the cause's. What an
 * outbox publishes has nothing to do with what is active.
 */
function parentOf({ cause, isStored }: TracedSend): Context {
  const here = isStored ? ROOT_CONTEXT : context.active();
  return cause === null || trace.getSpan(here) ? here : contextOfHeaders(here, cause);
}
