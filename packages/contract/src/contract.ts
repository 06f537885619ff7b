import type { Json, JsonSchema } from "@keyline/json-schema";

/** A place in a source file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The hash by which a domain's producers choose a partition; librdkafka's names. */
export type Partitioner = "murmur2" | "consistent" | "fnv1a";

/** How a payload is wrapped in a record's value. */
export type Wire = "plain" | "cloudevents";

/** Topics whose events of one key are kept in order together. */
export interface ContractDomain {
  readonly name: string;
  readonly partitioner: Partitioner;
  /** The runtime expression as written, e.g. `$message.payload#/student_id`. */
  readonly keyExpression: string;
  /** The JSON pointer of the key in the payload, as tokens, e.g. `["student_id"]`. */
  readonly keyPath: readonly string[];
  readonly keyType: "integer" | "string";
  /** How long a key may be (bytes of UTF-8); null where it is not stated, which allows 1024. */
  readonly maxKeyBytes: number | null;
  /** The partition count that all its channels share; null when no channel states one. */
  readonly partitions: number | null;
  /** Ids of its channels, in the order of the document. */
  readonly channels: readonly string[];
  readonly position: Position;
}

/** Where an event's correlation id lies. */
export interface CorrelationLocation {
  readonly in: "payload" | "header";
  readonly path: readonly string[];
}

/** An example of a message, as the document has it. */
export interface ContractExample {
  readonly name: string | null;
  readonly summary: string | null;
  readonly payload: Json | undefined;
  readonly headers: Json | undefined;
  readonly position: Position;
}

/** A message as one channel carries it. A message that several channels share appears in each, with the same `id`. */
export interface ContractMessage {
  /** The key of the message in the channel's `messages`. */
  readonly id: string;
  /** The message's name: its `name`, else the component's key, else `id`. Written to the header `keyline-message`. */
  readonly name: string;
  /** The component's key where the message is a reference into `components.messages`, else null (an inline message). */
  readonly component: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly deprecated: boolean;
  /** The payload's schema with the message traits applied. */
  readonly payload: JsonSchema;
  readonly headers: JsonSchema | null;
  readonly correlation: CorrelationLocation | null;
  /** The Kafka message binding's key schema. */
  readonly keySchema: JsonSchema | null;
  readonly examples: readonly ContractExample[];
  readonly position: Position;
}

/** A Kafka topic, as the channels of the document describe it. */
export interface ContractTopic {
  /** The key in the document's `channels`; of the first one where several have this topic. */
  readonly id: string;
  /** The topic: the Kafka binding's `topic`, else the channel's address, else its id. May hold `{parameters}`. */
  readonly address: string;
  readonly title: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly parameters: readonly ContractParameter[];
  /** The ordering domain's name; null for an unkeyed channel. */
  readonly domain: string | null;
  readonly partitions: number | null;
  readonly replicas: number | null;
  /** `topicConfiguration` as written, e.g. `{ "retention.ms": 1209600000 }`. */
  readonly topicConfiguration: { readonly [name: string]: Json };
  readonly position: Position;
}

/** An AsyncAPI channel with a Kafka topic behind it, or several with the same topic: their messages are together here. */
export interface ContractChannel extends ContractTopic {
  readonly wire: Wire;
  readonly messages: readonly ContractMessage[];
}

/** A channel with a Kafka topic behind it for which no code can be generated: what its records say is not known. */
export interface OpaqueChannel extends Omit<ContractTopic, "address" | "domain"> {
  /** Null where it is known at run time only. */
  readonly address: string | null;
  readonly domain: null;
  readonly wire: null;
  /** Why it cannot be generated, e.g. `it has no message`. */
  readonly reason: string;
  /** The names of its messages. */
  readonly messageNames: readonly string[];
  /** A hash of all that its messages say: the same while nothing of them changes. */
  readonly fingerprint: string;
}

export interface ContractParameter {
  readonly name: string;
  readonly description: string | null;
  readonly enum: readonly string[];
  readonly default: string | null;
}

export interface ContractOperation {
  readonly id: string;
  readonly action: "send" | "receive";
  readonly channel: string;
  /** Ids of the messages, in the channel's `messages`; all of them where the operation names none. */
  readonly messages: readonly string[];
  /** `x-app`: the application that does it. */
  readonly app: string | null;
  /** The consumer group, where the Kafka binding's `groupId` names one or is a schema that allows exactly one. */
  readonly groupId: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly position: Position;
}

/** A schema that messages refer to by `$ref`; named so that one edit changes one file. */
export interface ContractSchema {
  /** Unique in the contract: the component's key, or for a `$ref` into a file, one made from the file's name and the pointer. */
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
  /** The path that was loaded, as the caller gave it. */
  readonly file: string;
  readonly domains: readonly ContractDomain[];
  readonly channels: readonly ContractChannel[];
  /** Kafka channels for which no code can be generated. Operations on them are not in `operations`. */
  readonly opaque: readonly OpaqueChannel[];
  readonly operations: readonly ContractOperation[];
  readonly schemas: readonly ContractSchema[];
}

export type Severity = "error" | "warning" | "info";

/** What a rule reports about a contract. */
export interface Diagnostic extends Position {
  /** The rule's id, e.g. `key-required`; each has a page under docs/rules/. */
  readonly rule: string;
  readonly severity: Severity;
  /** Lower case, subject then cause, no full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string | null;
  /** Lines of a contract that would do it, to be pasted; of several the one that is right. */
  readonly lines?: readonly string[];
}

/** Whose `publish` and `subscribe` a document of version 2 has: what others do to the application, or what a client does. */
export type Perspective = "application" | "client";

/** How a document of version 2 was taken. */
export interface Conversion {
  /** The version that it states. */
  readonly version: string;
  readonly perspective: Perspective;
}

/** The result of loading: a contract unless a diagnostic is an error, and all diagnostics. */
export interface LoadResult {
  readonly contract: Contract | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Null where the document is of version 3, or could not be opened. */
  readonly conversion: Conversion | null;
}
