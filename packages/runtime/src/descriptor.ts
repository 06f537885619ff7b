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

/** An ordering domain: topics whose events of one key are kept in order together. */
export interface DomainDescriptor {
  readonly kind: "domain";
  readonly name: string;
  readonly partitioner: Partitioner;
  readonly keyType: "integer" | "string";
  /** How long a key may be (bytes of UTF-8). Absent for 1024, which is the default; at most 2000. */
  readonly maxKeyBytes?: number;
  /** The partition count of each of its topics; null when the contract states none (the cluster's is taken). */
  readonly partitions: number | null;
  /** Addresses of all its topics. */
  readonly topics: readonly string[];
}

/** What a producer fills in when the caller leaves it out. */
export interface Fill {
  readonly path: readonly string[];
  /** `id`: a fresh UUID; `correlation`: the handled event's, else a fresh UUID; `now`: the clock, RFC 3339; `const`: the only value that the schema allows. */
  readonly with: "id" | "correlation" | "now" | "const";
  readonly value?: unknown;
}

/**
 * Which fields a schema declares, for the writing side: a producer refuses others. `true` accepts anything;
 * `{}` says nothing (a part of `anyOf` that declares nothing, or a value without fields).
 */
export type DeclaredShape =
  | true
  | {
      readonly properties?: { readonly [name: string]: DeclaredShape };
      /** By sources of regular expressions (`patternProperties`). */
      readonly patterns?: { readonly [source: string]: DeclaredShape };
      /** The shape of all other names, where the schema opens itself explicitly; absent: they are refused. */
      readonly additional?: DeclaredShape;
      /** Array items. */
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
  /** The contract's name of the message; written to the header `keyline-message`. */
  readonly name: string;
  /**
   * Accepts exactly what the contract's JSON Schema accepts, synchronously. A payload is judged, never changed: what the
   * schema puts out is not used. Generated code has zod schemas; any Standard Schema will do (https://standardschema.dev).
   */
  readonly schema: StandardSchemaV1<unknown, Event>;
  readonly declared: DeclaredShape;
  /** Where the key lies in the payload; null for an unkeyed topic. */
  readonly key: readonly string[] | null;
  readonly fill: readonly Fill[];
  /** Where the event's id, type, time and correlation id lie in the payload; null where the contract has none. */
  readonly id: readonly string[] | null;
  readonly type: { readonly path: readonly string[]; readonly value: string } | null;
  readonly time: readonly string[] | null;
  readonly correlation: { readonly in: "payload" | "header"; readonly path: readonly string[] } | null;
  /** Carries `Input` for the compiler; never present at run time. */
  readonly input?: Input;
}

/** A topic of the contract: its address, how it is keyed and what it carries. */
export interface TopicDescriptor<
  Messages extends { readonly [name: string]: MessageDescriptor } = { readonly [name: string]: MessageDescriptor },
  Parameters extends string = string,
> {
  readonly kind: "topic";
  readonly format: number;
  /** The name that SDK users write, e.g. `codeExecuted`. */
  readonly name: string;
  readonly address: string;
  /** Names of `{parameters}` in the address; empty for a fixed address. */
  readonly parameters: readonly Parameters[];
  readonly domain: DomainDescriptor | null;
  readonly partitions: number | null;
  readonly wire: Wire;
  /** By the name that SDK users write; one entry for most topics. */
  readonly messages: Messages;
}

/** Any record of topics by the name that SDK users write: what a generated `topics` constant is. */
export type Topics = { readonly [name: string]: TopicDescriptor };

/** What a reader of the message gets. */
export type EventOf<Message> = Message extends MessageDescriptor<infer Event, unknown> ? Event : never;

/** What a writer of the message passes. */
export type InputOf<Message> = Message extends MessageDescriptor<infer _, infer Input> ? Input : never;

/** `Event` with the fields that the SDK fills in made optional. */
export type Fillable<Event, Filled extends string> = Event extends unknown
  ? // Not Omit: of an open object it would leave the index signature alone.
    { [Name in keyof Event as Name extends Filled ? never : Name]: Event[Name] } & Partial<
      Pick<Event, Filled & keyof Event>
    >
  : never;
