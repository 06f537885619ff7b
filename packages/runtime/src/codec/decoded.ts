import type { MessageDescriptor } from "../descriptor.js";
import type { ErrorCode } from "../errors.js";

/** How the event was wrapped in its record. */
export type EventForm = "structured" | "binary" | "plain";

/** What was odd about a record that could be read all the same. */
export type DecodeWarning =
  /** The value began with a byte order mark. */
  | "byte_order_mark"
  /** An integer of it is beyond 2^53-1: its last digits were lost when it was read. */
  | "integer_rounded"
  /** The data was JSON in a JSON string: a producer that named no content type. */
  | "data_in_string"
  /** A CloudEvent lay in a CloudEvent; the inner one counts. */
  | "wrapped_twice"
  /** The data is JSON, though its content type says otherwise. */
  | "content_type_not_json"
  /** The CloudEvent's type is neither the event's type nor the message's name. */
  | "type_differs"
  /** The header `partitionKey` or `__key` is not the key. */
  | "key_header_differs"
  /** The attribute `partitionkey` is not the key. */
  | "key_attribute_differs";

/** A record that is an event of its topic's contract. */
export interface DecodedEvent {
  readonly kind: "event";
  readonly message: MessageDescriptor;
  /** The message's name as SDK users write it. */
  readonly messageName: string;
  /** The payload, accepted by the message's schema and unchanged. */
  readonly payload: unknown;
  /** The canonical key; null on an unkeyed topic. */
  readonly key: string | null;
  /** The event's id: the payload's, else the CloudEvent's; null where there is none. */
  readonly id: string | null;
  readonly type: string;
  /** When it happened (milliseconds since 1970): by the payload, else by the CloudEvent; null where neither says. */
  readonly timeMs: number | null;
  readonly correlationId: string | null;
  /** W3C trace context as the record has it; null without one. It may be malformed. */
  readonly traceparent: string | null;
  /** What belongs to `traceparent`, from the same place; null without one. It may be malformed. */
  readonly tracestate: string | null;
  /** The CloudEvent's source; null for a plain event. */
  readonly source: string | null;
  readonly form: EventForm;
  readonly warnings: readonly DecodeWarning[];
}

/** Why a record is not an event of its topic's contract. */
export type DecodeFailureCode = Extract<
  ErrorCode,
  | "batch_too_large"
  | "record_null"
  | "record_not_json"
  | "record_malformed"
  | "payload_invalid"
  | "message_ambiguous"
  | "event_type_mismatch"
  | "key_invalid"
  | "key_missing"
  | "key_mismatch"
>;

/** A record that is not an event of its topic's contract. */
export interface DecodeFailure {
  readonly kind: "failure";
  readonly code: DecodeFailureCode;
  /** Lower case, subject then cause, no full stop. */
  readonly message: string;
  /** One finding a line, where there are several. */
  readonly issues: readonly string[];
  /** The key that the payload gives, where the record has another one or none. */
  readonly expectedKey?: string;
}

export function failure(code: DecodeFailureCode, message: string, issues: readonly string[] = []): DecodeFailure {
  return { kind: "failure", code, message, issues };
}

export function isFailure<Value extends object>(value: Value | DecodeFailure): value is DecodeFailure {
  return "kind" in value && value.kind === "failure";
}
