import { header } from "../codec/headers.js";
import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { TraceHeaders } from "../ports/tracing.js";
import type { PreparedSend } from "../producer/core.js";
import type { Emitted } from "./emitted.js";

/** An emitted event as the producer sends it. Throws `options_invalid` when the contract has lost its topic. */
export function preparedSend(topics: Topics, event: Emitted, clusterId: string): PreparedSend {
  const topic = topics[event.topic];
  const message = topic?.messages[event.message];
  if (!topic || !message) {
    throw new KeylineError(
      "options_invalid",
      `cannot publish a stored event to ${event.topic}: the contract has no such topic any more`,
    );
  }
  return {
    topic,
    message,
    prepared: event,
    causes: event.causes,
    clusterId,
    trace: storedTrace(event),
    headers: event.sequence === null ? [] : [header("keyline-seq", event.sequence)],
  };
}

function storedTrace({ traceparent, trace }: Emitted): TraceHeaders | null {
  if (traceparent === null) return trace ?? null;
  return { traceparent, ...trace };
}
