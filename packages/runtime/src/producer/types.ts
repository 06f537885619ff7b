import type { InputOf, MessageDescriptor, TopicDescriptor, Topics } from "../descriptor.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";

/** The options of a producer. `transport` and `source` are required. */
export interface ProducerOptions {
  /** The connection to the cluster; the producer does not close it. */
  readonly transport: Transport;
  /** The name of the publishing service: the `source` of its CloudEvents. */
  readonly source: string;
  /**
   * How many keys' latest positions are remembered. Default 10,000. An event of a key that is not remembered names the
   * lane's newest positions as its causes instead, so its readers may have to read a little further before they handle
   * it.
   */
  readonly rememberKeys?: number;
  /** How long an event is retried while the broker cannot be reached. Default 120,000 ms; then `send` rejects. */
  readonly deliveryTimeoutMs?: number;
  /**
   * How long the first event of a batch waits for others. Default 0: events that are sent without awaiting share a
   * batch anyway.
   */
  readonly lingerMs?: number;
  /** The maximum number of events in one batch. Default 1,000; the transport's `maxBatchBytes` limits it too. */
  readonly maxBatchRecords?: number;
  /**
   * The maximum number of waiting events; a further one is rejected with `queue_full`. Default 100,000. Without a limit
   * the memory would be unbounded.
   */
  readonly maxQueued?: number;
  /** Callbacks for metrics and logs. Default none. */
  readonly hooks?: Hooks;
  /** Traces each send, and writes its trace to the event. Default none: the trace of the handled event is passed on. */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: () => number;
}

/** Options of one call of a sender. */
export interface SendOptions {
  /**
   * The position that the event comes after: the result of an earlier `send`, perhaps in another process. It is added
   * to the causes that the producer knows itself; in a handler the handled event is a cause already.
   */
  readonly after?: RecordPosition | readonly RecordPosition[];
  /**
   * Additional headers, as text. Names that begin with `keyline-` are refused. With a `traceparent` the event carries
   * only that trace.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Removes the event from the queue; an event that is in flight is not affected. */
  readonly signal?: AbortSignal;
}

/** The position of an acknowledged event. It can be the `after` of another send. */
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

/** One function for each topic; for a topic with several messages, one for each message. */
export type Senders<T extends Topics, Options = SendOptions, Result = Sent> = {
  readonly [Name in keyof T]: SendersOf<T[Name], Options, Result>;
};

/** A producer with one function for each topic; for a topic with several messages, one for each message. */
export type Producer<T extends Topics> = Senders<T> & ProducerControl;

/** The functions of every producer besides those of its topics. */
export interface ProducerControl extends AsyncDisposable {
  /** Connects and compares the cluster with the contract. The first send does so too. */
  connect(): Promise<void>;
  /** Resolves when every event that was sent before is acknowledged or rejected. */
  flush(): Promise<void>;
  /**
   * Flushes, then closes. After `timeoutMs` (default 30,000) events that were not sent are rejected with `closed`, and
   * events in flight with `outcome_unknown`: they may still appear in the log.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
