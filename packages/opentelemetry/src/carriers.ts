import { headerText } from "@keyline/runtime/tools";
import type { TracedAttempt, TraceHeaders } from "@keyline/runtime/tracing";
import { type Context, propagation, type TextMapGetter, type TextMapSetter } from "@opentelemetry/api";

import { emptyContext } from "./linked-context.js";

/** Where a record has its trace. */
export type RecordTrace = Pick<TracedAttempt, "traceparent" | "tracestate"> & {
  readonly headers: TracedAttempt["record"]["headers"];
};

const ofRecord: TextMapGetter<RecordTrace> = {
  keys: ({ headers }) => headers.map(([name]) => name),
  get({ headers, traceparent, tracestate }, name) {
    // What a CloudEvent says in itself stays with it, whatever carries it: Dapr writes no header.
    if (traceparent !== null && name === "traceparent") return traceparent;
    if (traceparent !== null && name === "tracestate") return tracestate ?? undefined;
    return headerText(headers, name) ?? undefined;
  },
};

const ofHeaders: TextMapGetter<TraceHeaders> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
};

const intoHeaders: TextMapSetter<Record<string, string>> = {
  set(headers, name, text) {
    headers[name] = text;
  },
};

/** The context that a record carries. Nothing that is active here is in it. */
export const contextOfRecord = (record: RecordTrace): Context => propagation.extract(emptyContext, record, ofRecord);

/** The context that stored headers carry, on top of another. */
export const contextOfHeaders = (base: Context, headers: TraceHeaders): Context =>
  propagation.extract(base, headers, ofHeaders);

/** What carries a context to another process. Empty where there is nothing to carry. */
export function headersOf(context: Context): TraceHeaders {
  const headers: Record<string, string> = {};
  propagation.inject(context, headers, intoHeaders);
  return headers;
}
