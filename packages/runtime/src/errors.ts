import { harmless } from "@keyline/json-schema";

/** The closed list of error codes, each with what to do. */
export const errorCodes = {
  // What a caller passed.
  payload_invalid: "the event does not match the contract's schema: fix the event",
  payload_undeclared: "the event has a field that the contract does not declare: remove it, or declare it",
  key_invalid: "the key is not the canonical text of its type: fix the field that the key comes from",
  options_invalid: "the options contradict each other or the contract: fix the call",
  descriptor_format: "the generated code and the runtime do not match: generate again, or update the runtime",
  record_too_large: "the event is larger than a batch may be: send less, or raise the limit on both sides",
  not_in_transaction: "the statements did not run in one database transaction: use the connection that began one",
  outbox_too_many_keys: "one transaction writes events of more than 1,000 keys: write them in several",
  outbox_missing: "the outbox's tables are not in the database: apply its migration, or the SQL for it",
  // What a record on the log turned out to be.
  record_null: "the record has no value (a tombstone), which the topic's contract does not allow",
  batch_too_large: "the batch unpacks to more than a reader may hold: find its producer by the dead letter",
  record_not_json: "the record's value is not JSON: find its producer by the dead letter",
  record_malformed: "the record claims to be a CloudEvent but is not a valid one: find its producer by the dead letter",
  message_ambiguous: "none or several of the topic's messages fit the record: send the header keyline-message",
  event_type_mismatch: "the event's type is not its topic's: find its producer by the dead letter",
  key_missing: "the record has no key, so its order is lost: publish with the partition key",
  key_mismatch: "the record's key is not its payload's key: publish with the right partition key",
  wrong_partition: "the record is on the wrong partition for its key: use the contract's partitioner",
  // What the cluster did.
  topic_unknown: "the topic does not exist: create it (topics are never created by accident)",
  instance_fenced: "another process joined the group with this instanceId: give each copy an id of its own",
  partition_count: "the cluster's partition count is not the contract's: keys would be misplaced",
  transport_unavailable: "the broker could not be reached; nothing was written: try again",
  codec_missing: "the package for a compression is not installed: install it where the app runs",
  transport_denied: "the broker refused the credentials or the right: fix the configuration",
  queue_full: "more events wait than the producer may queue: await earlier sends, then send again",
  outcome_unknown: "the event may or may not be in the log: look for its id before sending again",
  offset_out_of_range: "the log no longer has the next record: the message says what was lost",
  records_skipped: "the transport left out records: start the consumer again, and report the transport",
  log_replaced: "the log is not the one that was applied: restore it, or reset the app on purpose",
  // What happened to the work.
  handler_failed: "the handler threw: see the cause",
  parked_full: "the key has the maximum number of parked events: release it; this one is in the dead letters",
  timer_failed: "the projection's onTimer threw: see the cause",
  store_refused: "the store refuses the event's changes: see the cause",
  lane_fenced: "another owner took the lane: this one's work was rolled back",
  lane_lost: "the lane was taken away during the work",
  state_conflict: "another writer changed the row: read it again",
  store_format: "the formats of the store and of the runtime do not match: update the older of them",
  store_unavailable: "the store could not be reached: try again",
  timed_out: "the call took longer than allowed",
  aborted: "the caller gave up",
  closed: "closed before the work was done",
} as const;

/** One of the codes that a {@link KeylineError} can carry. */
export type ErrorCode = keyof typeof errorCodes;

/** Codes after which the same call may be repeated, since nothing has happened. */
const retryableCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "transport_unavailable",
  "store_unavailable",
  "queue_full",
]);

const brand = "KeylineError";

/** What a {@link KeylineError} may carry beside its code and message. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** Whether the same call may be repeated at once, since nothing has happened. The default follows from the code. */
  readonly retryable?: boolean;
  /** The event's id, where the error is about one event. */
  readonly eventId?: string;
  /** Findings, one a line, e.g. one for each field that is wrong. */
  readonly issues?: readonly string[];
}

/**
 * The one error class of Keyline. `message` is `[code] subject: cause`, in lower case, without a full stop, on one
 * line: control characters in quoted text are written as `\u001b`. Recognise it with {@link isKeylineError}, which also
 * recognises errors of a second copy of this package.
 */
export class KeylineError extends Error {
  override readonly name = brand;
  readonly code: ErrorCode;
  /** The message without the code. */
  readonly rawMessage: string;
  readonly retryable: boolean;
  readonly eventId: string | undefined;
  readonly issues: readonly string[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    // It may quote a record, and goes to logs, terminals and the headers of dead letters.
    const line = harmless(message);
    super(`[${code}] ${line}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.rawMessage = line;
    this.retryable = details.retryable ?? retryableCodes.has(code);
    this.eventId = details.eventId;
    this.issues = (details.issues ?? []).map(harmless);
  }

  /**
   * Turns a caught value into a KeylineError: one is returned as it is, anything else becomes the cause of an error
   * with `code`.
   */
  static from(caught: unknown, code: ErrorCode, subject: string): KeylineError {
    if (isKeylineError(caught)) return caught;
    const reason = caught instanceof Error ? caught.message : String(caught);
    return new KeylineError(code, `${subject}: ${reason}`, { cause: caught });
  }
}

/** Whether a caught value is a KeylineError, from this copy of the package or from another one. */
export function isKeylineError(caught: unknown): caught is KeylineError {
  return (
    caught instanceof Error &&
    caught.name === brand &&
    typeof (caught as Partial<KeylineError>).code === "string" &&
    typeof (caught as Partial<KeylineError>).rawMessage === "string"
  );
}
