import type { TraceHeaders } from "../ports/tracing.js";
import type { Headers } from "../ports/transport.js";
import type { DecodedEvent } from "./decoded.js";
import { headerNames, headerText } from "./headers.js";

/** What is passed on is stored; W3C asks readers for these lengths at most. */
const longestState = 512;
const longestBaggage = 8192;

const traceparentPattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * What an event passes on of its trace to the events that it causes, where nothing traces them: as it came, so that a service
 * without tracing between two that trace leaves no gap. Null for none; what is malformed goes no further.
 */
export function passedOn({ traceparent, tracestate }: DecodedEvent, headers: Headers): TraceHeaders | null {
  const isTraced = traceparent !== null && traceparentPattern.test(traceparent);
  const baggage = shortText(headerText(headers, headerNames.baggage), longestBaggage);
  if (!isTraced && baggage === null) return null;
  const state = isTraced ? shortText(tracestate, longestState) : null;
  return {
    ...(isTraced ? { traceparent } : {}),
    ...(state === null ? {} : { tracestate: state }),
    ...(baggage === null ? {} : { baggage }),
  };
}

/** Printable ASCII of so many characters, as both headers are; null for anything else. */
function shortText(text: string | null, longest: number): string | null {
  return text !== null && text.length > 0 && text.length <= longest && /^[\x20-\x7e]+$/.test(text) ? text : null;
}
