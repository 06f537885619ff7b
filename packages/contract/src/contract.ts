import type { Json, JsonSchema } from "@keyline/json-schema";

/** A place in a source file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The hash by which a domain's producers choose a partition; the names are librdkafka's. */
export type Partitioner = "murmur2" | "consistent" | "fnv1a";

/** How a payload is wrapped in a record's value. */
export type Wire = "plain" | "cloudevents";

/** An ordering domain: topics that keep the events of one key in order together. */
export interface ContractDomain {
  readonly name: string;
  readonly partitioner: Partitioner;
  /** The runtime expression as written, e.g. `$message.payload#/student_id`. */
  readonly keyExpression: string;
  /** The JSON pointer of the key in the payload, as tokens, e.g. `["student_id"]`. */
  readonly keyPath: readonly string[];
  readonly keyType: "integer" | "string";
  /** The longest key, in bytes of UTF-8; null if it is not stated, which means 1024. */
  readonly maxKeyBytes: number | null;
  /** The partition count that all its channels share; null if no channel states one. */
  readonly partitions: number | null;
  /** Ids of its channels, in the order of the document. */
  readonly channels: readonly string[];
  readonly position: Position;
}

/** The place of an event's correlation id. */
export interface CorrelationLocation {
  readonly in: "payload" | "header";
  readonly path: readonly string[];
}

/** An example of a message, as in the document. */
export interface ContractExample {
  readonly name: string | null;
  readonly summary: string | null;
  readonly payload: Json | undefined;
  readonly headers: Json | undefined;
  readonly position: Position;
}

/** A message of a channel. A message that several channels share appears in each, with the same `id`. */
export interface ContractMessage {
  /** The key of the message in the channel's `messages`. */
  readonly id: string;
  /** The message's name: its `name`, else the component's key, else `id`. Written to the header `keyline-message`. */
  readonly name: string;
  /** The component's key if the message is a reference into `components.messages`; null for an inline message. */
  readonly component: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly deprecated: boolean;
  /** The payload's schema, with the message traits applied. */
  readonly payload: JsonSchema;
  readonly headers: JsonSchema | null;
  readonly correlation: CorrelationLocation | null;
  /** The Kafka message binding's key schema. */
  readonly keySchema: JsonSchema | null;
  readonly examples: readonly ContractExample[];
  readonly position: Position;
}

/** A Kafka topic, as the document's channels describe it. */
export interface ContractTopic {
  /** The key in the document's `channels`; the first one if several have this topic. */
  readonly id: string;
  /** The topic: the Kafka binding's `topic`, else the channel's address, else its id. May contain `{parameters}`. */
  readonly address: string;
  readonly title: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly parameters: readonly ContractParameter[];
  /** The ordering domain's name; null for a channel without a key. */
  readonly domain: string | null;
  readonly partitions: number | null;
  readonly replicas: number | null;
  /** `topicConfiguration` as written, e.g. `{ "retention.ms": 1209600000 }`. */
  readonly topicConfiguration: { readonly [name: string]: Json };
  readonly position: Position;
}

/** A Kafka topic with its messages: one AsyncAPI channel, or several with the same topic. */
export interface ContractChannel extends ContractTopic {
  readonly wire: Wire;
  readonly messages: readonly ContractMessage[];
}

/** A channel with a Kafka topic for which no code can be generated: the content of its records is not known. */
export interface OpaqueChannel extends Omit<ContractTopic, "address" | "domain"> {
  /** Null if it is known at run time only. */
  readonly address: string | null;
  readonly domain: null;
  readonly wire: null;
  /** Why it cannot be generated, e.g. `it has no message`. */
  readonly reason: string;
  /** The names of its messages. */
  readonly messageNames: readonly string[];
  /** A hash of everything that its messages say: it changes if any of them changes. */
  readonly fingerprint: string;
}

/** A parameter of a channel's address. */
export interface ContractParameter {
  readonly name: string;
  readonly description: string | null;
  readonly enum: readonly string[];
  readonly default: string | null;
}

/** An operation: an application that sends to a channel, or receives from it. */
export interface ContractOperation {
  readonly id: string;
  readonly action: "send" | "receive";
  readonly channel: string;
  /** Ids of the messages, in the channel's `messages`; all of them if the operation names none. */
  readonly messages: readonly string[];
  /** The application, from `x-app`. */
  readonly app: string | null;
  /** The consumer group, if the Kafka binding's `groupId` names one or is a schema that allows exactly one. */
  readonly groupId: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly position: Position;
}

/** A schema that messages refer to by `$ref`; it has a name, so that one edit changes one generated file. */
export interface ContractSchema {
  /**
   * Unique in the contract: the component's key, or, for a `$ref` into a file, a name made from the file's name and the
   * pointer.
   */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly position: Position;
}

/** A loaded and checked AsyncAPI document: plain, frozen, serialisable. */
export interface Contract {
  readonly kind: "contract";
  readonly format: 1;
  /** The version that the document states. */
  readonly asyncapi: string;
  readonly title: string;
  /** `info.version` as written. */
  readonly version: string;
  readonly description: string | null;
  /** The path of the document, as the caller gave it. */
  readonly file: string;
  readonly domains: readonly ContractDomain[];
  readonly channels: readonly ContractChannel[];
  /** Kafka channels for which no code can be generated. Their operations are not in `operations`. */
  readonly opaque: readonly OpaqueChannel[];
  readonly operations: readonly ContractOperation[];
  readonly schemas: readonly ContractSchema[];
}

/** How serious a diagnostic is: code is generated unless there is an `error`. */
export type Severity = "error" | "warning" | "info";

/** A finding of a rule about a contract. */
export interface Diagnostic extends Position {
  /** The rule's id, e.g. `key-required`; each has a page under docs/rules/. */
  readonly rule: string;
  readonly severity: Severity;
  /** Lower case, subject then cause, no full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string | null;
  /** Lines to paste into a contract that fix it; if there are several, the reader chooses the right one. */
  readonly lines?: readonly string[];
}

/**
 * Whose `publish` and `subscribe` a document of version 2 describes: `application`, what others do to the application;
 * `client`, what a client does.
 */
export type Perspective = "application" | "client";

/** How a document of version 2 was read. */
export interface Conversion {
  /** The version that it states. */
  readonly version: string;
  readonly perspective: Perspective;
}

/** The result of loading: a contract unless a diagnostic is an error, and all diagnostics. */
export interface LoadResult {
  readonly contract: Contract | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Null for a document of version 3, and for one that could not be opened. */
  readonly conversion: Conversion | null;
}
