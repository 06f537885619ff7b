import { type ErrorCode, isKeylineError, KeylineError } from "@keyline/runtime";
import { LoginRefused } from "./port.js";

/** No connection to a broker came about: what was to be sent was not. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  constructor(broker: string, cause: unknown) {
    super(`${broker}: ${reasonOf(cause)}`, { cause });
  }
}

/** A connection ended, or brought no answer in time, after a request had left. */
export class ConnectionBroken extends Error {
  override readonly name = "ConnectionBroken";

  constructor(broker: string, cause: unknown) {
    super(`${broker}: ${reasonOf(cause)}`, { cause });
  }
}

/** What went wrong, as far as it is known. */
export interface Failure {
  readonly code: ErrorCode;
  readonly reason: string;
  /** Whether the same request may succeed a little later. */
  readonly retryable: boolean;
  /**
   * Whether it is sure that the broker did not do what was asked: only where an answer came, or nothing was sent.
   */
  readonly notWritten: boolean;
  /** Kafka's own name of an error that a broker answered with. */
  readonly type: string | null;
}

/** Errors in the fields that matter: what a broker answered has a type, by Kafka's name of it. */
interface Raised extends Error {
  readonly type?: string;
  /** The topic that a broker answered about, or all of them. */
  readonly topic?: string;
  readonly topics?: readonly string[];
  /** What the user has to be allowed. */
  readonly right?: string;
}

/** One row for each cause. */
interface Rule {
  readonly when: (raised: Raised) => boolean;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly notWritten: boolean;
  readonly reason: (raised: Raised) => string;
}

const some = (topics: readonly string[]) =>
  topics.length > 5 ? `${topics.slice(0, 4).join(", ")} and ${topics.length - 4} more` : topics.join(", ");

const message = (raised: Raised) => raised.message || raised.name;
const typed =
  (...types: readonly string[]) =>
  ({ type }: Raised) =>
    type !== undefined && types.includes(type);
/** With what caused it: libraries wrap what the system says. */
function textOf(raised: unknown): string {
  if (!(raised instanceof Error)) return String(raised ?? "");
  const code = "code" in raised ? `${raised.code} ` : "";
  return raised.cause === undefined ? `${code}${raised.message}` : `${code}${raised.message} ${textOf(raised.cause)}`;
}

/** The innermost cause says it best. */
function reasonOf(caught: unknown): string {
  if (caught instanceof Error) return caught.cause instanceof Error ? reasonOf(caught.cause) : message(caught);
  return String(caught);
}

const isOfConnection = (raised: Raised) => raised instanceof Unreachable || raised instanceof ConnectionBroken;

const rules: readonly Rule[] = [
  {
    // Wrong credentials: the broker says so before anything else is sent.
    when: (raised) =>
      raised.cause instanceof LoginRefused ||
      typed("SASL_AUTHENTICATION_FAILED", "UNSUPPORTED_SASL_MECHANISM", "ILLEGAL_SASL_STATE")(raised),
    code: "transport_denied",
    retryable: false,
    notWritten: true,
    // What the broker says can repeat what it was sent.
    reason: () => "the broker refused the credentials: check the mechanism, the user name and the password",
  },
  {
    // An alert comes from the other side, which refuses our certificate, or misses one.
    when: (raised) => isOfConnection(raised) && /alert (bad certificate|certificate|unknown ca)/.test(textOf(raised)),
    code: "transport_denied",
    retryable: false,
    notWritten: true,
    reason: () =>
      "the broker asks for a client's certificate, and takes none or not this one: check ssl.cert and ssl.key (KAFKA_SSL_CERT, KAFKA_SSL_KEY)",
  },
  {
    // A certificate that is not trusted, or a broker that speaks no TLS on that port.
    when: (raised) =>
      isOfConnection(raised) &&
      /certificate|self.signed|ERR_TLS|ERR_SSL|wrong version number|SSL routines|requires TLS/i.test(textOf(raised)),
    code: "transport_denied",
    retryable: false,
    notWritten: true,
    reason: (raised) => `TLS failed: ${message(raised)}: check ssl and the port`,
  },
  {
    // The credentials are right, and are not allowed to do this.
    when: ({ type }) => type?.endsWith("AUTHORIZATION_FAILED") ?? false,
    code: "transport_denied",
    retryable: false,
    notWritten: true,
    reason: ({ type, topic, topics = topic === undefined ? [] : [topic], right = "the right" }) =>
      `the broker answers ${type}${topics.length > 0 ? ` for ${some(topics)}` : ""}: give this user ${right}`,
  },
  {
    // A new topic is not known to every broker at once, so only time tells it from one that does not exist.
    when: typed("UNKNOWN_TOPIC_OR_PARTITION", "INVALID_TOPIC_EXCEPTION", "UNKNOWN_TOPIC_ID", "INCONSISTENT_TOPIC_ID"),
    code: "topic_unknown",
    retryable: false,
    notWritten: true,
    reason: () => "the cluster has no such topic or partition: create it first",
  },
  {
    when: typed("MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"),
    code: "record_too_large",
    retryable: false,
    notWritten: true,
    reason: () => "the broker takes no batch that large: lower maxBatchBytes, or raise the topic's max.message.bytes",
  },
  {
    when: typed("OFFSET_OUT_OF_RANGE"),
    code: "offset_out_of_range",
    retryable: false,
    notWritten: true,
    reason: () => "the log does not hold the offset",
  },
  {
    // Members that disagree on how to share partitions, e.g. one of another library.
    when: typed("INCONSISTENT_GROUP_PROTOCOL"),
    code: "options_invalid",
    retryable: false,
    notWritten: true,
    reason: () => "the group has members of another kind: give Keyline's consumers a group of their own",
  },
  {
    when: typed("FENCED_INSTANCE_ID"),
    code: "instance_fenced",
    retryable: false,
    notWritten: true,
    reason: () => "another process joined the group with this instanceId: give each copy an id of its own",
  },
  {
    when: typed("INVALID_SESSION_TIMEOUT", "INVALID_GROUP_ID", "GROUP_MAX_SIZE_REACHED"),
    code: "options_invalid",
    retryable: false,
    notWritten: true,
    reason: ({ type }) => `the broker answers ${type}: change the group's options`,
  },
  {
    // A record that the broker would refuse each time.
    when: typed("INVALID_RECORD", "INVALID_TIMESTAMP", "UNSUPPORTED_COMPRESSION_TYPE", "POLICY_VIOLATION"),
    code: "options_invalid",
    retryable: false,
    notWritten: true,
    reason: ({ type }) => `the broker answers ${type}: it refuses such records`,
  },
  {
    // Leaders and coordinators move; nothing was done yet by the one that was asked.
    when: typed(
      "NOT_LEADER_FOR_PARTITION",
      "LEADER_NOT_AVAILABLE",
      "FENCED_LEADER_EPOCH",
      "UNKNOWN_LEADER_EPOCH",
      "OFFSET_NOT_AVAILABLE",
      "BROKER_NOT_AVAILABLE",
      "REPLICA_NOT_AVAILABLE",
      "NOT_ENOUGH_REPLICAS",
      "NOT_CONTROLLER",
      "NOT_COORDINATOR_FOR_GROUP",
      "GROUP_COORDINATOR_NOT_AVAILABLE",
      "GROUP_LOAD_IN_PROGRESS",
      "CONCURRENT_TRANSACTIONS",
      "CORRUPT_MESSAGE",
    ),
    code: "transport_unavailable",
    retryable: true,
    notWritten: true,
    reason: ({ type }) => `the broker answers ${type}`,
  },
  {
    // The broker does not know the producer's place any more, and took nothing.
    when: typed("OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH"),
    code: "transport_unavailable",
    retryable: true,
    notWritten: true,
    reason: ({ type }) => `the broker answers ${type}`,
  },
  {
    // Answered, but not that it was done: replicas may have it.
    when: typed("REQUEST_TIMED_OUT", "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "KAFKA_STORAGE_ERROR", "NETWORK_EXCEPTION"),
    code: "transport_unavailable",
    retryable: true,
    notWritten: false,
    reason: ({ type }) => `the broker answers ${type}`,
  },
  {
    when: (raised) => raised instanceof Unreachable,
    code: "transport_unavailable",
    retryable: true,
    notWritten: true,
    reason: (raised) => `no broker could be reached: ${message(raised)}`,
  },
  {
    when: (raised) => raised instanceof ConnectionBroken,
    code: "transport_unavailable",
    retryable: true,
    notWritten: false,
    reason: (raised) => `the connection broke: ${message(raised)}`,
  },
];

/** What a caught error means. Unrecognised errors count as broken connections, after which nothing is known. */
export function failureOf(caught: unknown): Failure {
  const raised: Raised = caught instanceof Error ? caught : new Error(String(caught));
  if (isKeylineError(raised)) {
    const retryable = raised.code === "transport_unavailable";
    const { code, rawMessage } = raised;
    return { code, reason: rawMessage, retryable, notWritten: raised.retryable, type: null };
  }
  const rule = rules.find(({ when }) => when(raised));
  return {
    code: rule?.code ?? "transport_unavailable",
    reason: rule?.reason(raised) ?? message(raised),
    retryable: rule?.retryable ?? false,
    notWritten: rule?.notWritten ?? false,
    type: raised.type ?? null,
  };
}

/** Turns anything that was caught into a KeylineError. */
export function transportError(caught: unknown, doing: string): KeylineError {
  if (isKeylineError(caught)) return caught;
  const { code, reason, retryable } = failureOf(caught);
  return new KeylineError(code, `cannot ${doing}: ${reason}`, { cause: caught, retryable: retryable });
}

/** Something is not available now, and may be later. */
export const unavailable = (text: string): KeylineError => new KeylineError("transport_unavailable", text);
