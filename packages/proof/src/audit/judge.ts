import type { TopicDescriptor } from "@keyline/runtime";
import {
  type DecodedEvent,
  type DecodeFailure,
  type DecodeWarning,
  decodeRecord,
  isCanonicalKey,
  placements,
} from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { clientOf, type Fingerprint } from "./fingerprint.js";
import type { RecordKind } from "./kinds.js";
import { peek } from "./peek.js";
import { kindOf } from "./shared-id.js";

/** One thing that is wrong with a record. */
export interface Problem {
  readonly kind: RecordKind;
  /** Ids and keys, never what a payload says. */
  readonly detail: string;
}

/** What a record by itself turns out to be. */
export interface Judged {
  readonly producer: Fingerprint;
  readonly problems: readonly Problem[];
  /** The event's id; for a record that is not a valid event, what looks like it. */
  readonly eventId: string | null;
  /** Whether the record could be read as an event of its topic. */
  readonly isEvent: boolean;
  /** Whether it lies on another partition than its key's. */
  readonly strays: boolean;
}

/** Checks a record against its topic's contract: its key, its place, its value. */
export function judge(record: ConsumerRecord, topic: TopicDescriptor, partitions: number): Judged {
  const decoded = decodeRecord(record, topic);
  const stray = strayOf(record, topic, partitions);
  const problems = stray === null ? [] : [stray];
  const marked = clientOf(record.headers);
  if (decoded.kind === "event") {
    for (const warning of decoded.warnings) problems.push(oddity(warning, decoded));
    const producer = { client: marked, source: decoded.source };
    return { producer, problems, eventId: decoded.id, isEvent: true, strays: stray !== null };
  }
  problems.push(refusal(decoded, record, topic));
  const keyless = keyFaultOf(record, topic, decoded);
  if (keyless !== null) problems.push(keyless);
  const { source, eventId, client } = peek(record.value, record.headers, idPathOf(topic));
  const producer = { client: marked === "unknown" ? (client ?? marked) : marked, source };
  return { producer, problems, eventId, isEvent: false, strays: stray !== null };
}

function strayOf({ key, partition }: ConsumerRecord, { domain }: TopicDescriptor, partitions: number): Problem | null {
  if (domain === null || key === null) return null;
  const expected = placements[domain.partitioner].place(key, partitions);
  if (expected === partition) return null;
  const detail = `key ${keyText(key)} belongs on partition ${expected} (${domain.partitioner} of ${partitions})`;
  return { kind: "wrong-partition", detail };
}

/** What is wrong with a key whatever its payload gives, where the payload could not be asked. */
function keyFaultOf({ key }: ConsumerRecord, { domain }: TopicDescriptor, { code }: DecodeFailure): Problem | null {
  // Those codes tell of the key themselves; a payload that gives none may be an event without one.
  if (
    domain === null ||
    code === "batch_too_large" ||
    code === "key_missing" ||
    code === "key_mismatch" ||
    code === "key_invalid"
  )
    return null;
  if (key === null) return { kind: "key-missing", detail: "and its payload is refused too" };
  const text = utf8(key);
  if (text !== null && isCanonicalKey(text, domain.keyType)) return null;
  return { kind: "key-malformed", detail: `the key is ${keyText(key)}, and its payload is refused too` };
}

const oddities: { readonly [Warning in DecodeWarning]: RecordKind } = {
  byte_order_mark: "envelope-nonstandard",
  integer_rounded: "integer-rounded",
  data_in_string: "envelope-nonstandard",
  wrapped_twice: "envelope-nonstandard",
  content_type_not_json: "envelope-nonstandard",
  event_type_mismatch: "event-type-mismatch",
  key_header_differs: "key-header-differs",
  key_attribute_differs: "key-attribute-differs",
};

const oddityTexts: { readonly [Warning in DecodeWarning]: string } = {
  byte_order_mark: "the value begins with a byte order mark",
  integer_rounded: "an integer beyond 2^53-1",
  data_in_string: "the data is JSON in a string: its publisher names no content type",
  wrapped_twice: "a CloudEvent in a CloudEvent",
  content_type_not_json: "the content type is not JSON's",
  event_type_mismatch: "the CloudEvent's type is neither the event's nor its message's",
  key_header_differs: "a header says another key",
  key_attribute_differs: "the attribute partitionkey says another key",
};

const oddity = (warning: DecodeWarning, { key }: DecodedEvent): Problem => ({
  kind: oddities[warning],
  detail: key === null ? oddityTexts[warning] : `${oddityTexts[warning]}; key ${key}`,
});

function refusal(failure: DecodeFailure, { key }: ConsumerRecord, topic: TopicDescriptor): Problem {
  const { code, issues, message, expectedKey } = failure;
  if (code === "key_mismatch" && key !== null) return wrongKey(key, expectedKey ?? "", topic);
  if (code === "key_missing") return { kind: "key-missing", detail: `its payload gives ${expectedKey ?? ""}` };
  // The parser's reason repeats the text that it stumbled over.
  if (code === "record_not_json") return { kind: "record-not-json", detail: "no JSON" };
  return { kind: kindOf(code), detail: (issues.length > 0 ? issues.join("; ") : message).slice(0, 200) };
}

/** What kind of wrong a key is: none of the domain's at all, another spelling of the right one, or another one. */
function wrongKey(key: Uint8Array, expected: string, { domain }: TopicDescriptor): Problem {
  const text = utf8(key);
  const found = keyText(key);
  const detail = `the key is ${found}, its payload gives ${JSON.stringify(expected)}`;
  const keyType = domain?.keyType ?? "string";
  if (text === null || text === "") return { kind: "key-malformed", detail };
  if (isCanonicalKey(text, keyType)) return { kind: "key-mismatch", detail };
  const isSame = keyType === "integer" && /^\s*\+?\d+(\.0*)?\s*$/.test(text) && Number(text) === Number(expected);
  return { kind: isSame ? "key-not-canonical" : "key-malformed", detail };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function utf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** A key for people: as JSON, or as bytes where it is not valid UTF-8; cut where it is long. */
export function keyText(key: Uint8Array): string {
  const text = utf8(key);
  if (text === null) return `bytes ${Buffer.from(key.subarray(0, 16)).toString("hex")}`;
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

const idPathOf = ({ messages }: TopicDescriptor) => Object.values(messages)[0]?.id ?? null;
