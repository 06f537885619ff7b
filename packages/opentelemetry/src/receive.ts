import type { TracedBatch, Tracing } from "@keyline/runtime/tracing";
import { type Link, ROOT_CONTEXT, SpanKind, type Tracer, trace } from "@opentelemetry/api";
import { contextOfRecord } from "./carriers.js";
import { knownOperations, names } from "./conventions.js";
import type { Measures } from "./measures.js";

/** SDKs keep as many by default; a batch may have thousands of records. */
const mostLinks = 128;

/** Spans `receive {topic}`: one for each batch, each a trace of its own, with links to where its events were created. */
export function receiving(tracer: Tracer, measures: Measures): Tracing["receive"] {
  const operationOf = knownOperations("receive");
  return (batch) => {
    const { topic, partition, groupId, records } = batch;
    const operation = operationOf(topic, groupId);
    const startedMs = performance.now();
    const options = { kind: SpanKind.CLIENT, attributes: operation.ofPartition(partition) };
    const span = tracer.startSpan(operation.name, options, ROOT_CONTEXT);
    span.setAttribute(names.batchCount, records.length);
    if (span.isRecording()) span.addLinks(linksOf(batch));
    return {
      end() {
        span.end();
        measures.received(operation, startedMs, records.length);
      },
    };
  };
}

function linksOf({ records }: TracedBatch): Link[] {
  const links: Link[] = [];
  for (const { headers, offset } of records) {
    if (links.length === mostLinks) break;
    const created = trace.getSpanContext(contextOfRecord({ headers, traceparent: null, tracestate: null }));
    if (created) links.push({ context: created, attributes: { [names.offset]: offset } });
  }
  return links;
}
