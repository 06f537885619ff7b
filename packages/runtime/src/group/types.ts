import type { KeylineError } from "../errors.js";
import type { TopicPartition } from "../ports/transport.js";

/** The progress of a lane that a consumer owns. */
export interface LaneStatus {
  /** The ordering domain; `topic:<name>` for a topic without one. */
  readonly domain: string;
  readonly lane: number;
  /** Records that were received and are not finished. */
  readonly unfinished: number;
  /** Their memory in bytes: keys, values and headers, and 1 KB for each. */
  readonly unfinishedBytes: number;
  /** Why the lane waits for its store; null while it does not. */
  readonly waitsFor: KeylineError | null;
  /** Calls of handlers that have run longer than `handlerTimeoutMs`; each blocks its key. */
  readonly lateHandlers: number;
  readonly partitions: readonly (TopicPartition & {
    /** Every record below it is finished. */
    readonly finishedTo: number;
    /** Every record below it was received. */
    readonly fetchedTo: number;
  })[];
}

/** A member of a consumer group, running or not started yet. */
export interface Consumer extends AsyncDisposable {
  /** Members of one group share the lanes among them. */
  readonly groupId: string;
  /**
   * Joins the group; resolves when it has joined and works on its first lanes. A second call has no effect. Rejects,
   * with the same error as `run`, if it cannot join or cannot go on.
   */
  start(): Promise<void>;
  /** Starts, resolves when the consumer is closed (also by a signal), and rejects when it cannot go on. */
  run(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Throws the reason why the consumer cannot work, as far as it is known without asking the cluster: the error that
   * ended it; `closed` before it has joined its group, while it joins again after it lost its place (e.g. the brokers were
   * away for longer than a session), and after `close` was called; `store_unavailable` while the database does not let it open
   * its lanes; `partition_count` while a topic that it reads or writes has the wrong partition count. If a lane waits
   * for something, `lanes()` says so.
   */
  check(): void;
  /**
   * The lanes that it owns now, and those that it cannot open yet as their store does not answer: these have no partitions.
   * Throws the error that ended the consumer, if there is one.
   */
  lanes(): readonly LaneStatus[];
  /**
   * Resolves when every event that was in the owned logs at the time of the call is finished; it waits for a start that
   * is in progress, and in a rebalance for the next lanes and what lies in their logs. Rejects with the error that ended
   * the consumer, with `closed` if it is closed or not started, and with `timed_out` if a transaction has stayed open in
   * one of the logs for 3 s: the records behind it cannot be read before it ends.
   */
  caughtUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Stops taking events, waits for those in progress, commits, and leaves the group. Events that are still in progress
   * after `timeoutMs` (default 30,000) are not committed: `ctx.signal` fires, and the lane's next owner handles them
   * again. A consumer with an `instanceId` leaves the group only with `leave: true` (default false): else its lanes wait
   * for it until its session ends.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** How a consumer is closed. @see Consumer.close */
export interface CloseOptions {
  readonly timeoutMs?: number;
  readonly leave?: boolean;
}
