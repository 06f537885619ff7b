import type { MessageDescriptor } from "../descriptor.js";
import type { ErrorCode } from "../errors.js";

/** How the event was wrapped in its record. */
export type EventForm = "structured" | "binary" | "plain";

/** Something unusual about a record that can be read. */
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
  | "event_type_mismatch"
  /** The header `partitionKey` or `__key` is not the key. */
  | "key_header_differs"
  /** The attribute `partitionkey` is not the key. */
  | "key_attribute_differs";

/** A record that is an event of its topic's contract. */
export interface DecodedEvent {
  readonly kind: "event";
  readonly message: MessageDescriptor;
  /** The message's name in code. */
  readonly messageName: string;
  /** The payload, which matches the message's schema; unchanged. */
  readonly payload: unknown;
  /** The canonical key; null on a topic without a key. */
  readonly key: string | null;
  /** The event's id, from the payload, else from the CloudEvent; null if there is none. */
  readonly id: string | null;
  readonly type: string;
  /** When it happened (milliseconds since 1970), from the payload, else from the CloudEvent; null if neither has it. */
  readonly timeMs: number | null;
  readonly correlationId: string | null;
  /** The W3C trace context of the record; null if it has none. It may be malformed. */
  readonly traceparent: string | null;
  /** The `tracestate` from the same place as `traceparent`; null if there is none. It may be malformed. */
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
  /** The findings, one on each line, if there are several. */
  readonly issues: readonly string[];
  /** The key in the payload, if the record has another one or none. */
  readonly expectedKey?: string;
}

export function failure(code: DecodeFailureCode, message: string, issues: readonly string[] = []): DecodeFailure {
  return { kind: "failure", code, message, issues };
}

export function isFailure<Value extends object>(value: Value | DecodeFailure): value is DecodeFailure {
  return "kind" in value && value.kind === "failure";
}
