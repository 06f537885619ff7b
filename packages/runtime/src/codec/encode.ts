import type { MessageDescriptor, TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { keyBytes } from "../key/canonical.js";
import type { TraceHeaders } from "../ports/tracing.js";
import type { Headers, ProducerRecord } from "../ports/transport.js";
import { textAt } from "../text/pointer.js";
import { dateTimeMs } from "../text/time.js";
import { header, headerNames } from "./headers.js";

/** An event that is checked and filled in, ready to be written. */
export interface EncodeInput {
  readonly topic: TopicDescriptor;
  readonly message: MessageDescriptor;
  /** The whole payload, envelope fields included. */
  readonly payload: unknown;
  /** The canonical key; null on an unkeyed topic. */
  readonly key: string | null;
  /** The event's id; a CloudEvent carries it as `id`. */
  readonly id: string;
  /** The publisher: an app's name, or any URI reference. */
  readonly source: string;
  /** Written to a header where the message has its correlation id in one. Default none. */
  readonly correlationId?: string | null;
  /** When it happened, RFC 3339. Default what the payload says. */
  readonly time?: string | null;
  /** The trace that it belongs to. Default none. */
  readonly trace?: TraceHeaders | null;
  /** Further headers, written last. */
  readonly headers?: Headers;
}

/** A record but for its time. */
export type EncodedEvent = Omit<ProducerRecord, "timestampMs">;

const cloudEventType = "application/cloudevents+json; charset=UTF-8";

/**
 * Writes an event as its topic's contract says: plain JSON, or a structured CloudEvent.
 * Throws `payload_invalid` for a payload that JSON cannot say.
 */
export function encodeEvent(input: EncodeInput): EncodedEvent {
  const body = input.topic.wire === "cloudevents" ? cloudEventOf(input) : input.payload;
  const text = jsonOf(body, input.topic.address);
  return {
    key: input.key === null ? null : keyBytes(input.key),
    value: Buffer.from(text, "utf8"),
    headers: headersOf(input),
  };
}

function headersOf({ topic, message, correlationId, trace, headers }: EncodeInput): Headers {
  const correlationName = message.correlation?.in === "header" ? message.correlation.path[0] : undefined;
  const written = topic.wire === "cloudevents" ? [cloudEventHeader, nameHeader(message)] : [nameHeader(message)];
  if (correlationName !== undefined && correlationId) written.push(header(correlationName, correlationId));
  if (trace) for (const [name, text] of Object.entries(trace)) written.push(header(name, text));
  if (headers) written.push(...headers);
  return written;
}

const cloudEventHeader = header(headerNames.contentType, cloudEventType);
// Invariant: a header that was made for a message is the one that its name would give again.
const nameHeaders = new WeakMap<MessageDescriptor, Headers[number]>();

/** Made once a message: every event of it has the same. */
function nameHeader(message: MessageDescriptor): Headers[number] {
  const known = nameHeaders.get(message);
  if (known) return known;
  const made = header(headerNames.message, message.name);
  nameHeaders.set(message, made);
  return made;
}

function cloudEventOf({ message, payload, key, id, source, time, trace }: EncodeInput) {
  const happened = time ?? textAt(payload, message.time);
  return {
    specversion: "1.0",
    id,
    source,
    type: message.type?.value ?? message.name,
    datacontenttype: "application/json",
    // The attribute has to be RFC 3339; a contract may keep its time in another form.
    ...(happened !== null && dateTimeMs(happened) !== null ? { time: happened } : {}),
    ...(key === null ? {} : { partitionkey: key }),
    ...(trace?.traceparent ? { traceparent: trace.traceparent } : {}),
    ...(trace?.tracestate ? { tracestate: trace.tracestate } : {}),
    data: payload,
  };
}

function jsonOf(value: unknown, address: string): string {
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (caught) {
    throw KeylineError.from(caught, "payload_invalid", `the event of ${address} cannot be written as JSON`);
  }
  throw new KeylineError(
    "payload_invalid",
    `the event of ${address} cannot be written as JSON: it is undefined or a function`,
  );
}
