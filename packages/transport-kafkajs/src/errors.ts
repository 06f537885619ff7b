import { type ErrorCode, isKeylineError, KeylineError } from "@keyline/runtime";

/** What went wrong, as far as kafkajs tells. */
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
  /** The broker whose connection broke, or brought no answer in time. */
  readonly address: { readonly host: string; readonly port: number } | null;
}

/** As kafkajs' errors are, in the fields that matter. */
interface Raised extends Error {
  readonly type?: string;
  readonly code?: string | number;
  readonly host?: string;
  readonly port?: number;
  readonly broker?: string;
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
const named =
  (...names: readonly string[]) =>
  ({ name }: Raised) =>
    names.includes(name);

const rules: readonly Rule[] = [
  {
    // Wrong credentials: the broker says so before anything else is sent.
    when: (raised) =>
      raised.name === "KafkaJSSASLAuthenticationError" ||
      typed("SASL_AUTHENTICATION_FAILED", "UNSUPPORTED_SASL_MECHANISM", "ILLEGAL_SASL_STATE")(raised),
    code: "transport_denied",
    retryable: false,
    notWritten: true,
    // What the broker says can repeat what it was sent.
    reason: () => "the broker refused the credentials: check the mechanism, the user name and the password",
  },
  {
    // An alert is what the other side says: of a certificate of ours that it refuses, or misses.
    when: ({ message: text }) => /alert (bad certificate|certificate|unknown ca)/.test(text),
    code: "transport_denied",
    retryable: false,
    notWritten: true,
    reason: () =>
      "the broker asks for a client's certificate, and takes none or not this one: check ssl.cert and ssl.key (KAFKA_SSL_CERT, KAFKA_SSL_KEY)",
  },
  {
    // A certificate that is not trusted, or a broker that speaks no TLS on that port.
    when: ({ message: text, code }) =>
      /certificate|self.signed|ERR_TLS|ERR_SSL|wrong version number|SSL routines/i.test(`${code ?? ""} ${text}`),
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
    // kafkajs says so before it writes to the socket.
    when: (raised) => /^(Broker not connected|Not connected)$/.test(raised.message),
    code: "transport_unavailable",
    retryable: true,
    notWritten: true,
    reason: () => "the broker is not connected",
  },
  {
    // No connection came about.
    when: (raised) =>
      ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(String(raised.code)) ||
      /^Connection timeout$/.test(raised.message) ||
      named("KafkaJSBrokerNotFound", "KafkaJSMetadataNotLoaded", "KafkaJSTopicMetadataNotLoaded")(raised) ||
      named("KafkaJSGroupCoordinatorNotFound", "KafkaJSLockTimeout", "KafkaJSNoBrokerAvailableError")(raised),
    code: "transport_unavailable",
    retryable: true,
    notWritten: true,
    reason: (raised) => `no broker could be reached: ${message(raised)}`,
  },
  {
    // The connection broke, or no answer came, after the request had left.
    when: named("KafkaJSConnectionError", "KafkaJSConnectionClosedError", "KafkaJSRequestTimeoutError"),
    code: "transport_unavailable",
    retryable: true,
    notWritten: false,
    reason: (raised) => `the connection broke: ${message(raised)}`,
  },
  {
    // kafkajs uses sockets that were closed meanwhile.
    when: (raised) => raised instanceof TypeError && /of (undefined|null)/.test(raised.message),
    code: "transport_unavailable",
    retryable: true,
    notWritten: false,
    reason: () => "the connection was closed meanwhile",
  },
];

/** What a caught error means. Unrecognised errors count as broken connections, after which nothing is known. */
export function failureOf(caught: unknown): Failure {
  const raised = innermost(caught);
  if (isKeylineError(raised)) {
    const retryable = raised.code === "transport_unavailable";
    const { code, rawMessage } = raised;
    return { code, reason: rawMessage, retryable, notWritten: raised.retryable, type: null, address: null };
  }
  const rule = rules.find(({ when }) => when(raised));
  return {
    code: rule?.code ?? "transport_unavailable",
    reason: rule?.reason(raised) ?? message(raised),
    retryable: rule?.retryable ?? false,
    notWritten: rule?.notWritten ?? false,
    type: raised.type ?? null,
    address: addressOf(raised),
  };
}

/** Turns anything that kafkajs threw into a KeylineError. */
export function transportError(caught: unknown, doing: string): KeylineError {
  if (isKeylineError(caught)) return caught;
  const { code, reason, retryable } = failureOf(caught);
  return new KeylineError(code, `cannot ${doing}: ${reason}`, { cause: caught, retryable: retryable });
}

/** Something is not available now, and may be later. */
export const unavailable = (text: string): KeylineError => new KeylineError("transport_unavailable", text);

/** kafkajs wraps what it gave up on, sometimes twice. */
function innermost(caught: unknown): Raised {
  let raised = caught instanceof Error ? (caught as Raised) : new Error(String(caught));
  while (
    ["KafkaJSNumberOfRetriesExceeded", "KafkaJSNonRetriableError", "KafkaJSError"].includes(raised.name) &&
    raised.cause instanceof Error
  ) {
    raised = raised.cause as Raised;
  }
  return raised;
}

function addressOf(raised: Raised): Failure["address"] {
  if (!/^KafkaJS(Connection|RequestTimeout)/.test(raised.name)) return null;
  // The host may be an IPv6 address.
  const [, host, port] = /^(.+):(\d+)$/.exec(raised.broker ?? `${raised.host}:${raised.port}`) ?? [];
  return host && Number(port) > 0 ? { host, port: Number(port) } : null;
}
