import type { StandardSchemaV1 } from "@standard-schema/spec";
import { KeylineError } from "./errors.js";
import type { Partitioner } from "./key/partitioner.js";

/** The formats of generated descriptors that this runtime reads. */
const descriptorFormats: readonly number[] = [1];

/** Throws `descriptor_format` for a topic that was generated in a format that this runtime does not read. */
export function checkFormats(topics: readonly TopicDescriptor[]): void {
  for (const topic of topics) {
    if (descriptorFormats.includes(topic.format)) continue;
    throw new KeylineError(
      "descriptor_format",
      `topic ${topic.address} was generated in format ${topic.format} and this runtime reads ${descriptorFormats.join(", ")}: generate again, or update @keyline/runtime`,
    );
  }
}

/** How a payload is wrapped in a record's value. */
export type Wire = "plain" | "cloudevents";

/** An ordering domain: topics that keep the events of one key in order together. */
export interface DomainDescriptor {
  readonly kind: "domain";
  readonly name: string;
  readonly partitioner: Partitioner;
  readonly keyType: "integer" | "string";
  /** The longest key, in bytes of UTF-8. Absent for the default, 1024; at most 2000. */
  readonly maxKeyBytes?: number;
  /** The partition count of each of its topics; null if the contract states none, then the cluster's is used. */
  readonly partitions: number | null;
  /** The addresses of all its topics. */
  readonly topics: readonly string[];
}

/** A field that a producer fills in if the caller leaves it out. */
export interface Fill {
  readonly path: readonly string[];
  /**
   * `id`: a new UUID; `correlation`: the handled event's correlation id, else a new UUID; `now`: the time, in RFC 3339;
   * `const`: the only value that the schema allows.
   */
  readonly with: "id" | "correlation" | "now" | "const";
  readonly value?: unknown;
}

/**
 * The fields that a schema declares; a producer refuses others. `true` accepts anything. `{}` declares nothing, as a
 * part of `anyOf` without fields does.
 */
export type DeclaredShape =
  | true
  | {
      readonly properties?: { readonly [name: string]: DeclaredShape };
      /** Shapes by the regular expression that a name matches (`patternProperties`). */
      readonly patterns?: { readonly [source: string]: DeclaredShape };
      /** The shape of all other names, if the schema allows them explicitly; absent: they are refused. */
      readonly additional?: DeclaredShape;
      /** The shape of an array's items. */
      readonly items?: DeclaredShape;
    }
  /** Parts that speak of the same value: what any of them declares is declared. */
  | { readonly anyOf: readonly DeclaredShape[] }
  /** A shape that leads back to itself. */
  | { readonly lazy: () => DeclaredShape };

/** A message of the contract. `Event` is what a reader gets, `Input` what a writer passes. */
export interface MessageDescriptor<Event = unknown, Input = unknown> {
  readonly kind: "message";
  readonly format: number;
  /** The message's name in the contract, which is written to the header `keyline-message`. */
  readonly name: string;
  /**
   * Accepts exactly the values that the contract's JSON Schema accepts, synchronously. It only validates: its output is
   * not used, so a payload is never changed. Generated code has zod schemas; any Standard Schema works
   * (https://standardschema.dev).
   */
  readonly schema: StandardSchemaV1<unknown, Event>;
  readonly declared: DeclaredShape;
  /** The path of the key in the payload; null for a topic without a key. */
  readonly key: readonly string[] | null;
  readonly fill: readonly Fill[];
  /** The paths of the event's id, type, time and correlation id in the payload; null if the contract has none. */
  readonly id: readonly string[] | null;
  readonly type: { readonly path: readonly string[]; readonly value: string } | null;
  readonly time: readonly string[] | null;
  readonly correlation: { readonly in: "payload" | "header"; readonly path: readonly string[] } | null;
  /** Carries `Input` for the compiler; never present at run time. */
  readonly input?: Input;
}

/** A topic of the contract: its address, its key and its messages. */
export interface TopicDescriptor<
  Messages extends { readonly [name: string]: MessageDescriptor } = { readonly [name: string]: MessageDescriptor },
  Parameters extends string = string,
> {
  readonly kind: "topic";
  readonly format: number;
  /** The name in code, e.g. `codeExecuted`. */
  readonly name: string;
  readonly address: string;
  /** Names of the `{parameters}` in the address; empty for a fixed address. */
  readonly parameters: readonly Parameters[];
  /** The ordering domain that the topic belongs to; null for a topic without a key. */
  readonly domain: DomainDescriptor | null;
  /** The partition count in the contract; null if it states none. */
  readonly partitions: number | null;
  readonly wire: Wire;
  /** The messages by their name in code; most topics have one. */
  readonly messages: Messages;
}

/** Topics by their name in code: the type of a generated `topics` constant. */
export type Topics = { readonly [name: string]: TopicDescriptor };

/** The event that a reader of the message gets. */
export type EventOf<Message> = Message extends MessageDescriptor<infer Event, unknown> ? Event : never;

/** The event that a writer of the message passes. */
export type InputOf<Message> = Message extends MessageDescriptor<infer _, infer Input> ? Input : never;

/** `Event` with the fields that the SDK fills in made optional. */
export type Fillable<Event, Filled extends string> = Event extends unknown
  ? // Not Omit: it would leave only the index signature of an open object.
    { [Name in keyof Event as Name extends Filled ? never : Name]: Event[Name] } & Partial<
      Pick<Event, Filled & keyof Event>
    >
  : never;
