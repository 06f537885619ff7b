import type { InputOf, MessageDescriptor, TopicDescriptor, Topics } from "../descriptor.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";

/** How a producer is made. Look first at `transport` and `source`; the rest has defaults that fit. */
export interface ProducerOptions {
  readonly transport: Transport;
  /** The publishing service's name: the `source` of its CloudEvents. */
  readonly source: string;
  /**
   * How many keys' latest positions are remembered. Default 10,000. An event of a key that is not remembered names the
   * lane's newest positions as its causes instead, so that its readers may read a little further before they handle it.
   */
  readonly rememberKeys?: number;
  /** How long an event is tried while the broker cannot be reached. Default 120,000 ms; then `send` rejects. */
  readonly deliveryTimeoutMs?: number;
  /** How long the first event of a batch waits for company. Default 0: what is sent in one go still travels together. */
  readonly lingerMs?: number;
  /** Events in one batch at most. Default 1,000; the transport's `maxBatchBytes` bounds it too. */
  readonly maxBatchRecords?: number;
  /** Events that may wait at most; a further one is rejected with `queue_full`. Default 100,000. Without it memory has no bound. */
  readonly maxQueued?: number;
  readonly hooks?: Hooks;
  /** Traces each send, and lets the event carry its trace. Default none: the trace of a handled event is passed on as it came. */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: () => number;
}

/** What one call of a sender may add. */
export interface SendOptions {
  /**
   * What the event comes after, beside what the producer knows itself: the position that an earlier `send` resolved to,
   * perhaps in another process. Inside a handler the handled event is a cause already.
   */
  readonly after?: RecordPosition | readonly RecordPosition[];
  /**
   * Further headers, as text. Names that begin with `keyline-` are refused. With a `traceparent` the event carries that trace
   * and no other.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes the event out of the queue; one that is under way runs its course. */
  readonly signal?: AbortSignal;
}

/** Where an acknowledged event lies. A valid `after` of another send. */
export interface Sent extends RecordPosition {
  readonly key: string | null;
  readonly eventId: string | null;
}

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

type ParametersOf<Topic> =
  Topic extends TopicDescriptor<infer _, infer Names>
    ? [Names] extends [never]
      ? unknown
      : { readonly parameters: { readonly [Name in Names]: string } }
    : unknown;

/** Publishes one kind of event. Resolves when every in-sync replica has it. */
export type Sender<Topic, Message, Options = SendOptions, Result = Sent> =
  unknown extends ParametersOf<Topic>
    ? (event: InputOf<Message>, options?: Options) => Promise<Result>
    : (event: InputOf<Message>, options: Options & ParametersOf<Topic>) => Promise<Result>;

type SendersOf<Topic extends TopicDescriptor, Options, Result> =
  IsUnion<keyof Topic["messages"]> extends true
    ? { readonly [Name in keyof Topic["messages"]]: Sender<Topic, Topic["messages"][Name], Options, Result> }
    : Sender<Topic, Topic["messages"][keyof Topic["messages"]] & MessageDescriptor, Options, Result>;

/** One function for each topic; a topic of several messages has one for each of them. */
export type Senders<T extends Topics, Options = SendOptions, Result = Sent> = {
  readonly [Name in keyof T]: SendersOf<T[Name], Options, Result>;
};

/** A producer with one function for each topic; a topic of several messages has one for each of them. */
export type Producer<T extends Topics> = Senders<T> & ProducerControl;

/** What every producer has beside its topics. */
export interface ProducerControl extends AsyncDisposable {
  /** Connects and compares the cluster with the contract. The first send does it too. */
  connect(): Promise<void>;
  /** Resolves when all that was sent before is settled. */
  flush(): Promise<void>;
  /**
   * Flushes, then closes. After `timeoutMs` (default 30,000) what was not sent is rejected with `closed`; what is under way
   * with `outcome_unknown`: it may appear in the log yet.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
