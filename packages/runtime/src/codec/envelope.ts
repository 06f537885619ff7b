import type { Wire } from "../descriptor.js";
import type { Headers } from "../ports/transport.js";
import { isJsonObject, type ParsedJson, parseJsonBytes, parseJsonText } from "../text/json.js";
import { type DecodeFailure, type DecodeWarning, type EventForm, failure, isFailure } from "./decoded.js";
import { headerNames, headerText } from "./headers.js";

/** What surrounds an event's data. */
export interface Envelope {
  readonly form: EventForm;
  readonly data: unknown;
  readonly id: string | null;
  readonly source: string | null;
  readonly type: string | null;
  readonly time: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly partitionKey: string | null;
  readonly warnings: readonly DecodeWarning[];
}

/** A record's value and headers. */
export interface Wrapped {
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/** What the topic's contract says that matters to unwrapping. */
export interface EnvelopeContract {
  readonly wire: Wire;
  /** Whether one of the topic's messages accepts the value as its payload. */
  readonly isPayload: (value: unknown) => boolean;
}

const requiredAttributes = ["specversion", "id", "source", "type"] as const;

/**
 * Unwraps a record: a structured CloudEvent by its header, a binary one by its headers, a structured one by its shape
 * (Dapr sends no header), else a plain event. What looks wrapped stays whole where the contract has it as a payload:
 * when it accepts the whole and not the data in it.
 */
export function openEnvelope(record: Wrapped, contract: EnvelopeContract): Envelope | DecodeFailure {
  if (record.value === null) return failure("record_null", "the record has no value");
  const contentType = mediaType(headerText(record.headers, headerNames.contentType));
  const claims = contentType?.startsWith("application/cloudevents") ?? false;
  if (claims && !structuredTypes.has(contentType ?? "")) {
    return failure(
      "record_malformed",
      `the record's content type is ${contentType}: only single events as JSON are read`,
    );
  }
  const json = parseJsonBytes(record.value);
  const binary = claims ? null : binaryAttributes(record.headers);
  if (!json.ok) return notReadable(json, "the record's value");
  const mark = marksOf(json);
  if (binary) return binaryEnvelope(binary, json.value, contentType, mark);
  if (!claims && !looksWrapped(json.value)) return plainEnvelope(json.value, mark);
  const { wire, isPayload } = contract;
  const opened = structuredEnvelope(json.value, mark, isPayload);
  // Asked on plain topics only: elsewhere it would cost every event a second validation.
  const staysWhole = wire === "plain" && isPayload(json.value) && (isFailure(opened) || !isPayload(opened.data));
  return staysWhole ? plainEnvelope(json.value, mark) : opened;
}

const none: readonly DecodeWarning[] = [];

function marksOf({ byteOrderMark, isRounded }: Extract<ParsedJson, { ok: true }>): readonly DecodeWarning[] {
  if (!byteOrderMark && !isRounded) return none;
  return [
    ...(byteOrderMark ? (["byte_order_mark"] as const) : []),
    ...(isRounded ? (["integer_rounded"] as const) : []),
  ];
}

const structuredTypes: ReadonlySet<string> = new Set(["application/cloudevents", "application/cloudevents+json"]);
const noAttributes = {
  id: null,
  source: null,
  type: null,
  time: null,
  traceparent: null,
  tracestate: null,
  partitionKey: null,
};

const plainEnvelope = (data: unknown, warnings: readonly DecodeWarning[]): Envelope => ({
  ...noAttributes,
  form: "plain",
  data,
  warnings,
});

/** A structured CloudEvent; one that lies in another is taken out of it, once, unless it is the payload. */
function structuredEnvelope(
  value: unknown,
  warnings: readonly DecodeWarning[],
  isPayload: EnvelopeContract["isPayload"],
): Envelope | DecodeFailure {
  const outer = unwrap(value, warnings);
  if (isFailure(outer) || !looksWrapped(outer.data) || isPayload(outer.data)) return outer;
  return unwrap(outer.data, [...outer.warnings, "wrapped_twice"]);
}

/** What a JSON object may say as a CloudEvent. None of the names is on Object.prototype: reading them finds own properties. */
interface CloudEventJson {
  readonly specversion?: unknown;
  readonly id?: unknown;
  readonly source?: unknown;
  readonly type?: unknown;
  readonly time?: unknown;
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
  readonly partitionkey?: unknown;
  readonly datacontenttype?: unknown;
  readonly data?: unknown;
  readonly data_base64?: unknown;
}

function unwrap(value: unknown, warnings: readonly DecodeWarning[]): Envelope | DecodeFailure {
  if (!isJsonObject(value)) return failure("record_malformed", "the CloudEvent is not a JSON object");
  const event: CloudEventJson = value;
  const fault = attributeFault(event);
  if (fault !== null) return failure("record_malformed", `the CloudEvent ${fault}`);
  const data = dataOf(event);
  if (isFailure(data)) return data;
  return {
    form: "structured",
    data: data.value,
    id: textOrNull(event.id),
    source: textOrNull(event.source),
    type: textOrNull(event.type),
    time: textOrNull(event.time),
    traceparent: textOrNull(event.traceparent),
    tracestate: textOrNull(event.tracestate),
    partitionKey: textOrNull(event.partitionkey),
    warnings: data.warnings.length === 0 ? warnings : [...warnings, ...data.warnings],
  };
}

function attributeFault(event: CloudEventJson): string | null {
  for (const name of requiredAttributes) {
    if (event[name] === undefined) return `has no ${name}`;
    if (textOrNull(event[name]) === null) return `has a ${name} that is not text`;
  }
  if (!String(event.specversion).startsWith("1.")) return `is of version ${shortened(event.specversion)}, not 1.0`;
  if (event.data !== undefined && event.data_base64 !== undefined) return "has both data and data_base64";
  return event.data === undefined && event.data_base64 === undefined ? "has no data" : null;
}

interface Data {
  readonly value: unknown;
  readonly warnings: readonly DecodeWarning[];
}

function dataOf(event: CloudEventJson): Data | DecodeFailure {
  if (event.data_base64 !== undefined) return base64Data(event.data_base64);
  const { data } = event;
  if (typeof data !== "string" || isJsonType(mediaType(textOrNull(event.datacontenttype)))) {
    return { value: data, warnings: none };
  }
  const inner = parseJsonText(data);
  if (!inner.ok && inner.isTooDeep) return notReadable(inner, "the CloudEvent's data");
  if (!inner.ok || !isJsonObject(inner.value)) return { value: data, warnings: none };
  return {
    value: inner.value,
    warnings: ["data_in_string", ...(inner.isRounded ? (["integer_rounded"] as const) : [])],
  };
}

function base64Data(text: unknown): Data | DecodeFailure {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    return failure("record_malformed", "the CloudEvent's data_base64 is not valid base64");
  }
  const json = parseJsonBytes(Buffer.from(text, "base64"));
  if (!json.ok) return notReadable(json, "the CloudEvent's data_base64");
  return { value: json.value, warnings: marksOf(json) };
}

function notReadable({ reason, isTooDeep }: Extract<ParsedJson, { ok: false }>, what: string): DecodeFailure {
  if (isTooDeep) return failure("payload_invalid", `${what} is not a valid event: ${reason}`);
  return failure("record_not_json", `${what} is not JSON: ${reason}`);
}

type BinaryAttributes = Omit<Envelope, "form" | "data" | "warnings">;

/** The attributes in the headers, where the required ones are all there. */
function binaryAttributes(headers: Headers): BinaryAttributes | null {
  if (headers.length < requiredAttributes.length) return null;
  for (const name of requiredAttributes) if (!headerText(headers, `ce_${name}`)) return null;
  const text = (name: string) => headerText(headers, `ce_${name}`);
  return {
    id: text("id"),
    source: text("source"),
    type: text("type"),
    time: text("time"),
    traceparent: text("traceparent"),
    tracestate: text("tracestate"),
    partitionKey: text("partitionkey"),
  };
}

function binaryEnvelope(
  attributes: BinaryAttributes,
  data: unknown,
  contentType: string | null,
  mark: readonly DecodeWarning[],
): Envelope {
  const warnings: readonly DecodeWarning[] = isJsonType(contentType) ? mark : [...mark, "content_type_not_json"];
  return { ...attributes, form: "binary", data, warnings };
}

/** Whether a value has the shape of a structured CloudEvent. */
function looksWrapped(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const event: CloudEventJson = value;
  return (
    typeof event.specversion === "string" &&
    typeof event.id === "string" &&
    typeof event.source === "string" &&
    typeof event.type === "string" &&
    (event.data !== undefined || event.data_base64 !== undefined)
  );
}

/** The media type alone, in lower case: `application/json; charset=UTF-8` is `application/json`. */
function mediaType(contentType: string | null): string | null {
  if (contentType === null || contentType === lastType.whole) return contentType && lastType.media;
  const media = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  lastType = { whole: contentType, media };
  return media;
}

/**
 * The one that was read last: a topic's records mostly have the same.
 *
 * Invariant: `media` is the media type of `whole`.
 */
let lastType = { whole: "", media: "" };

/** Whether data of this type is JSON; CloudEvents takes an absent type for JSON. */
function isJsonType(type: string | null): boolean {
  return type === null || type === "" || type === "text/json" || /^[^/]+\/([^/]+\+)?json$/.test(type);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function shortened(value: unknown): string {
  return String(value).slice(0, 20);
}
