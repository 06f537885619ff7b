import { sharedId } from "./shared-id.js";

/** What a finding is about. */
export interface KindRule {
  /** The promise that it breaks; null if it breaks none. */
  readonly promise: string | null;
  /** A note does not change the exit code. */
  readonly severity: "finding" | "note";
  readonly title: string;
}

const finding = (promise: string | null, title: string): KindRule => ({ promise, severity: "finding", title });
const note = (title: string): KindRule => ({ promise: null, severity: "note", title });

/**
 * The kinds of findings about records. Each has a page under docs/findings. What consumers refuse or count with an error
 * code has that code's words.
 */
export const recordKinds = {
  ...sharedId("key_missing", finding("P1", "the record has no key")),
  "key-malformed": finding("P1", "the record's key is not a valid key of the domain"),
  "key-not-canonical": finding("P1", "the record's key is its payload's key in another spelling"),
  ...sharedId("key_mismatch", finding("P1", "the record's key is not its payload's key")),
  ...sharedId("key_invalid", finding("P1", "the payload has no valid key")),
  "key-attribute-differs": finding("P1", "the CloudEvent's partitionkey is not its payload's key"),
  "key-header-differs": finding("P1", "the header partitionKey or __key is not the payload's key"),
  ...sharedId("wrong_partition", finding("P2", "the record is on the wrong partition for its key")),
  "duplicate-id": finding("P4", "an event's id is in the log twice"),
  "cause-missing": finding("P6", "the event's cause is not in the log"),
  "cause-malformed": finding("P6", "the header keyline-after is malformed"),
  "cause-elsewhere": note("the event names a cause on another lane, which no consumer waits for"),
  ...sharedId("record_null", finding(null, "the record has no value")),
  ...sharedId("record_not_json", finding(null, "the record's value is not JSON")),
  ...sharedId("batch_too_large", finding(null, "the batch unpacks to more than a reader may hold")),
  ...sharedId("record_malformed", finding(null, "the record claims to be a CloudEvent but is not a valid one")),
  ...sharedId("message_ambiguous", finding(null, "none or several of the topic's messages fit the record")),
  ...sharedId("payload_invalid", finding(null, "the payload does not match its schema")),
  ...sharedId("event_type_mismatch", finding(null, "the event's type is not its topic's")),
  "envelope-nonstandard": note("the event's envelope is not standard, but can be read"),
  "integer-rounded": note("an integer of the event is beyond 2^53-1: readers lose its last digits"),
} as const satisfies Readonly<Record<string, KindRule>>;

/** A kind of finding about a record. */
export type RecordKind = keyof typeof recordKinds;
