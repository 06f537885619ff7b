import type { Execute } from "../caller-transaction.js";
import type { EventOf, MessageDescriptor, TopicDescriptor, Topics } from "../descriptor.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { OnceTable } from "../ports/once-table.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";
import type { RetryPolicy } from "../retry.js";

/** What a handler knows of the event that it handles. */
export interface HandlerContext extends RecordPosition {
  /** The record's key; null on an unkeyed topic. */
  readonly key: string | null;
  /** The name of the message, as SDK users write it. */
  readonly message: string;
  /** The event's id, the envelope's or the CloudEvent's; null where it has none. */
  readonly eventId: string | null;
  /** Carried on by everything that the handler sends; null where the event has none. */
  readonly correlationId: string | null;
  /** When it happened at its producer (milliseconds since 1970). */
  readonly timeMs: number;
  /** Counts from 1. */
  readonly attempt: number;
  /** The record's headers as text; the last one of each name. Made when they are read: a copy by `{ ...ctx }` lacks them. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Fires when the lane is lost or `close` runs past the rebalance timeout: another process may handle the key now. Fires too
   * once the handler has taken `handlerTimeoutMs`: giving up then counts as a failed attempt.
   */
  readonly signal: AbortSignal;
  /**
   * Runs `run` once for this event in this group, however often the event is handled or its dead letter sent again. `execute` runs a
   * statement in the database transaction in which `run` writes: `(sql, params) => client.query(sql, params)`. Both commit together
   * or not at all, and both are the caller's to commit. Resolves to whether `run` ran: false where an earlier transaction
   * that committed ran it. Call it once for an event, before anything else in the transaction: a second call, if the first one
   * has run, resolves to false.
   *
   * Needs the option `once` and its table. Rejects with `not_in_transaction` where `execute` uses a pool or commits each statement,
   * with `store_format` where the table is not there, with what `run` throws (roll back then), and with what the driver throws.
   */
  once(execute: Execute, run: () => unknown): Promise<boolean>;
}

/** Handles one event. A key's next event waits until it has settled; one that throws is tried again. */
export type Handler<Message extends MessageDescriptor> = (
  event: EventOf<Message>,
  ctx: HandlerContext,
) => Promise<void> | void;

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

type HandlersOf<Topic extends TopicDescriptor> =
  IsUnion<keyof Topic["messages"]> extends true
    ? { readonly [Name in keyof Topic["messages"]]?: Handler<Topic["messages"][Name]> }
    : Handler<Topic["messages"][keyof Topic["messages"]]>;

/** A handler for each topic that is read; for a topic of several messages, one for each message. */
export type Handlers<T extends Topics> = { readonly [Name in keyof T]?: HandlersOf<T[Name]> };

/** How a consumer is made. Look first at `transport`, `groupId` and `on`. */
export interface ConsumerOptions<T extends Topics> {
  readonly transport: Transport;
  /** Members of one group share the lanes among them. */
  readonly groupId: string;
  readonly on: Handlers<T>;
  /** For topics with address parameters: which of them are read, one object for each concrete topic. */
  readonly parameters?: { readonly [Name in keyof T]?: readonly Readonly<Record<string, string>>[] };
  /** Keys that are handled side by side in this process. Default 16. 1 handles one event after the other. */
  readonly concurrency?: number;
  readonly retry?: RetryPolicy;
  /**
   * How long one call of a handler may take (milliseconds) before the hook `handlerLate` is called, `ctx.signal` fires and
   * `lanes()` counts it. The key waits on: only the handler can end itself, and another call beside it would break the order.
   * Default none: a handler that never settles holds its key for ever, and nothing tells.
   */
  readonly handlerTimeoutMs?: number;
  /**
   * What happens to a key after an event of it was dead-lettered. `skip` (the default): it goes on with the next event.
   * `hold` parks its later events until the key is released; it needs a store and so a projection.
   */
  readonly onFailure?: "skip" | "hold";
  /** What happens to a record on another partition than its key's. Default `process`: handled and counted, its order against other lanes is not promised. */
  readonly onWrongPartition?: "process" | "dead-letter";
  /**
   * Unfinished events of one topic-partition that are held in memory. Default 1,000; a full one pauses only itself. Events of keys
   * that are tried again later, or wait for a cause, are not counted: `bufferBytes` alone bounds them.
   */
  readonly bufferRecords?: number;
  /**
   * Bytes of unfinished events (keys, values, headers, and 1 KB for each) that are held in memory, of all topic-partitions
   * together. Default 67,108,864 (64 MB); 1 or more, else `options_invalid`. Beyond it fetching pauses until events are
   * finished; one event that is larger passes all the same. What a fetch brings comes on top: about a megabyte for each
   * partition, 10 for each broker. Without a budget large events, or slow handlers, end the process for want of memory.
   */
  readonly bufferBytes?: number;
  /** The table of `ctx.once`: `createOnceTable()` of `@keyline/postgres`. Default none, and `ctx.once` rejects. */
  readonly once?: OnceTable;
  /** How often offsets are committed. Default 1,000 ms. What was handled since is handled again after a crash. */
  readonly commitIntervalMs?: number;
  readonly hooks?: Hooks;
  /** Traces each fetch and each attempt. Default none: the trace of an event is passed on as it came. */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: () => number;
}
