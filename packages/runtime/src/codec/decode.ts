import type { MessageDescriptor, TopicDescriptor } from "../descriptor.js";
import { isKeylineError } from "../errors.js";
import { isTooLong, keyIn } from "../key/canonical.js";
import type { ConsumerRecord } from "../ports/transport.js";
import { textAt, valueAt } from "../text/pointer.js";
import { dateTimeMs } from "../text/time.js";
import { chooseMessage, isTypeOf } from "./choose.js";
import { type DecodedEvent, type DecodeFailure, type DecodeWarning, failure, isFailure } from "./decoded.js";
import { type Envelope, openEnvelope } from "./envelope.js";
import { headerNames, headerText, textOf } from "./headers.js";
import { issuesText, schemaIssues } from "./validate.js";

/** The part of a record that decoding looks at. */
export type EncodedRecord = Pick<ConsumerRecord, "key" | "value" | "headers" | "unread">;

/** Dapr's type of every event whose publisher names none. */
const daprDefaultType = "com.dapr.event.sent";
/** Headers by which Dapr's publishers say the key. */
const daprKeyHeaders = ["partitionKey", "__key"];

/**
 * Reads a record as an event of its topic: a structured CloudEvent (with or without its header), a binary one, or plain
 * JSON. Never throws: for a record that is not an event of the contract it returns a failure with the reason. The
 * record's key has to be the key in its payload.
 */
export function decodeRecord(record: EncodedRecord, topic: TopicDescriptor): DecodedEvent | DecodeFailure {
  if (record.unread !== undefined) return failure("batch_too_large", record.unread);
  const longKey = longKeyOf(record, topic);
  if (longKey) return longKey;
  const envelope = openEnvelope(record, { wire: topic.wire, isPayload: (value) => isPayloadOf(topic, value) });
  if (isFailure(envelope)) return envelope;
  const chosen = chooseMessage(topic, record.headers, envelope);
  if (isFailure(chosen)) return chosen;
  const [messageName, message] = chosen;
  const fault = payloadFault(message, envelope.data, topic);
  if (fault) return fault;
  const key = keyOf(record, topic, message, envelope.data);
  if (isFailure(key)) return key;
  return {
    kind: "event",
    message,
    messageName,
    payload: envelope.data,
    key: key.key,
    id: textAt(envelope.data, message.id) ?? envelope.id,
    type: message.type?.value ?? envelope.type ?? message.name,
    timeMs: timeOf(textAt(envelope.data, message.time)) ?? timeOf(envelope.time),
    correlationId: correlationOf(record.headers, message, envelope.data),
    traceparent: traceparentOf(record.headers, envelope),
    tracestate: tracestateOf(record.headers, envelope),
    source: envelope.source,
    form: envelope.form,
    warnings: warningsOf(record, message, envelope, key.key),
  };
}

function isPayloadOf(topic: TopicDescriptor, value: unknown): boolean {
  return Object.values(topic.messages).some((message) => schemaIssues(message, value).length === 0);
}

function payloadFault(message: MessageDescriptor, payload: unknown, topic: TopicDescriptor): DecodeFailure | null {
  if (message.type !== null) {
    const type = valueAt(payload, message.type.path);
    if (typeof type === "string" && type !== message.type.value) {
      return failure(
        "event_type_mismatch",
        `the event on ${topic.address} is of another type than ${message.type.value}`,
        [type],
      );
    }
  }
  const issues = schemaIssues(message, payload);
  if (issues.length === 0) return null;
  return failure(
    "payload_invalid",
    `the event on ${topic.address} does not match its schema: ${issuesText(issues)}`,
    issues,
  );
}

/** First of all, so that nothing is done in the name of such a key. */
function longKeyOf({ key }: EncodedRecord, { domain, address }: TopicDescriptor): DecodeFailure | null {
  if (key === null || domain === null || !isTooLong(textOf(key), domain)) return null;
  const text = `the key of the record on ${address} has ${key.byteLength} bytes, more than its domain allows`;
  return failure("key_invalid", text);
}

/** The canonical key of the payload, if it is the record's too. */
function keyOf(
  record: EncodedRecord,
  topic: TopicDescriptor,
  message: MessageDescriptor,
  payload: unknown,
): { readonly key: string | null } | DecodeFailure {
  if (topic.domain === null || message.key === null) return { key: null };
  let key: string;
  try {
    key = keyIn(topic.domain, valueAt(payload, message.key));
  } catch (caught) {
    return failure("key_invalid", isKeylineError(caught) ? caught.rawMessage : String(caught));
  }
  if (record.key === null) {
    const text = `the record on ${topic.address} has no key; its payload gives ${key}: publish with it as the key (by Dapr: as the metadata partitionKey)`;
    return { ...failure("key_missing", text), expectedKey: key };
  }
  const recordKey = textOf(record.key);
  // Several wrong bytes read as the same replacement character: where the key has one, bytes are compared.
  const isSame = recordKey === key && (!key.includes("\uFFFD") || Buffer.from(key, "utf8").equals(record.key));
  if (isSame) return { key };
  const found = JSON.stringify(recordKey);
  const text = `the record's key on ${topic.address} is ${found}, its payload gives ${JSON.stringify(key)}: publish with that as the key`;
  const issues = [`record: ${found}`, `payload: ${JSON.stringify(key)}`];
  return { ...failure("key_mismatch", text, issues), expectedKey: key };
}

/** No trace context is as long, and what is passed on is stored. */
const longestTrace = 512;

/** The trace context of the event, else of the record, as it stands there: it is checked when it is passed on. */
function traceparentOf(headers: EncodedRecord["headers"], envelope: Envelope): string | null {
  const text = envelope.traceparent ?? headerText(headers, headerNames.traceparent);
  return text !== null && text.length <= longestTrace ? text : null;
}

/** From where the trace context is: that of another would say nothing about it. */
function tracestateOf(headers: EncodedRecord["headers"], envelope: Envelope): string | null {
  return envelope.traceparent === null ? headerText(headers, headerNames.tracestate) : envelope.tracestate;
}

function timeOf(text: string | null): number | null {
  return text === null ? null : dateTimeMs(text);
}

function correlationOf(
  headers: EncodedRecord["headers"],
  { correlation }: MessageDescriptor,
  payload: unknown,
): string | null {
  if (correlation === null) return null;
  if (correlation.in === "payload") return textAt(payload, correlation.path);
  const [name] = correlation.path;
  return name === undefined ? null : headerText(headers, name) || null;
}

/** The key's other spellings do not place the record, so that they differ is worth a count, not a dead letter. */
function warningsOf(
  { headers }: EncodedRecord,
  message: MessageDescriptor,
  envelope: Envelope,
  key: string | null,
): readonly DecodeWarning[] {
  const { type, partitionKey } = envelope;
  const found: DecodeWarning[] = [];
  if (type !== null && type !== daprDefaultType && !isTypeOf(message, type)) found.push("event_type_mismatch");
  if (key !== null && differs(key, partitionKey)) found.push("key_attribute_differs");
  if (key !== null && daprKeyHeaders.some((name) => differs(key, headerText(headers, name))))
    found.push("key_header_differs");
  return found.length === 0 ? envelope.warnings : [...envelope.warnings, ...found];
}

function differs(key: string, other: string | null): boolean {
  return other !== null && other !== key;
}
