import type { Execute } from "../caller-transaction.js";
import type { EventOf, MessageDescriptor, TopicDescriptor, Topics } from "../descriptor.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { OnceTable } from "../ports/once-table.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";
import type { RetryPolicy } from "../retry.js";

/** Facts about the event that is handled. */
export interface HandlerContext extends RecordPosition {
  /** The record's key; null on a topic without a key. */
  readonly key: string | null;
  /** The message's name in code. */
  readonly message: string;
  /** The event's id, from the payload or the CloudEvent; null if it has none. */
  readonly eventId: string | null;
  /** The correlation id, which everything that the handler sends gets too; null if the event has none. */
  readonly correlationId: string | null;
  /** When the event happened, by its producer's clock (milliseconds since 1970). */
  readonly timeMs: number;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /**
   * The record's headers as text; the last one of each name. They are computed when read: a copy by `{ ...ctx }` lacks
   * them.
   */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Fires when the lane is lost or `close` runs past the rebalance timeout: another process may handle the key now. It
   * also fires when the handler has taken `handlerTimeoutMs`; if it then throws, that counts as a failed attempt.
   */
  readonly signal: AbortSignal;
  /**
   * Runs `run` once for this event in this group, however often the event is handled or its dead letter is sent again.
   * `execute` runs a statement in the database transaction in which `run` writes:
   * `(sql, params) => client.query(sql, params)`. The note and the writes of `run` commit together or not at all; the
   * caller commits. Resolves to true if `run` ran, and to false if an earlier, committed transaction ran it. Call it
   * once for each event, before anything else in the transaction: a second call resolves to false if the first one has
   * run.
   *
   * Needs the option `once` and its table. Rejects with `not_in_transaction` if `execute` uses a pool or commits each
   * statement, with `store_format` if the table is missing, with the error that `run` throws (then roll back), and with
   * the driver's errors.
   */
  once(execute: Execute, run: () => unknown): Promise<boolean>;
}

/** Handles one event. The key's next event waits until the handler has settled; if it throws, the event is retried. */
export type Handler<Message extends MessageDescriptor> = (
  event: EventOf<Message>,
  ctx: HandlerContext,
) => Promise<void> | void;

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

type HandlersOf<Topic extends TopicDescriptor> =
  IsUnion<keyof Topic["messages"]> extends true
    ? { readonly [Name in keyof Topic["messages"]]?: Handler<Topic["messages"][Name]> }
    : Handler<Topic["messages"][keyof Topic["messages"]]>;

/** A handler for each topic that is read; for a topic with several messages, one for each message. */
export type Handlers<T extends Topics> = { readonly [Name in keyof T]?: HandlersOf<T[Name]> };

/** The options of a consumer. `transport`, `groupId` and `on` are required. */
export interface ConsumerOptions<T extends Topics> {
  /** The connection to the cluster; the consumer does not close it. */
  readonly transport: Transport;
  /** Members of one group share the lanes among them. */
  readonly groupId: string;
  /**
   * Names this copy of the process in its group, the same across restarts, e.g. a StatefulSet's pod name; letters,
   * digits, `.`, `_` and `-`, at most 249. A copy that is back before its session ends takes its lanes again, and no
   * other copy pauses. If two processes have one id, the one that joined first ends with `instance_fenced`. Default none: each
   * restart makes the group share out its lanes twice. See `close` for scaling down.
   */
  readonly instanceId?: string;
  /** A handler for each topic that is read, by the topic's name in code. */
  readonly on: Handlers<T>;
  /** For topics with parameters in their address: the concrete topics to read, one object of parameters for each. */
  readonly parameters?: { readonly [Name in keyof T]?: readonly Readonly<Record<string, string>>[] };
  /**
   * How many keys are handled concurrently in this process. Default 16. With 1, one event is handled after the other.
   */
  readonly concurrency?: number;
  /** How a failed event is retried. Default: 5 attempts within 30 s, with pauses that start at 200 ms and double. */
  readonly retry?: RetryPolicy;
  /**
   * How long one call of a handler may take (milliseconds) before the hook `handlerLate` is called, `ctx.signal` fires
   * and `lanes()` counts it. The key keeps waiting: only the handler can end itself, and a second call beside it would
   * break the order. Default none: a handler that never settles blocks its key forever, and nothing reports it.
   */
  readonly handlerTimeoutMs?: number;
  /**
   * What happens to a key after one of its events was dead-lettered. `skip` (the default): the key goes on with its
   * next event. `hold` parks its later events until the key is released; it needs a store, so only projections accept
   * it.
   */
  readonly onFailure?: "skip" | "hold";
  /**
   * What happens to a record on the wrong partition for its key. Default `process`: it is handled and counted, but its
   * order relative to the key's other events is not promised.
   */
  readonly onWrongPartition?: "process" | "dead-letter";
  /**
   * How many unfinished events of one topic-partition are kept in memory. Default 1,000; a full topic-partition pauses
   * only itself. Events of keys that wait for a retry or for a cause are not counted: only `bufferBytes` limits those.
   */
  readonly bufferRecords?: number;
  /**
   * How many bytes of unfinished events (keys, values, headers, and 1 KB for each) are kept in memory, for all
   * topic-partitions together. Default 67,108,864 (64 MB); below 1 it is `options_invalid`. Above it fetching pauses
   * until events are finished; a single larger event is let through. One fetch comes on top: about a megabyte for each
   * partition, 10 for each broker. Without a limit, large events or slow handlers would exhaust the memory.
   */
  readonly bufferBytes?: number;
  /** The table of `ctx.once`: `createOnceTable()` of `@keyline/postgres`. Default none, then `ctx.once` rejects. */
  readonly once?: OnceTable;
  /**
   * How often offsets are committed. Default 1,000 ms. After a crash, events that were handled since the last commit
   * are handled again.
   */
  readonly commitIntervalMs?: number;
  /** Callbacks for metrics and logs. Default none. */
  readonly hooks?: Hooks;
  /** Traces each fetch and each attempt. Default none: an event's trace is passed on unchanged. */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: () => number;
}
