import type { KeylineError } from "../errors.js";
import type { TopicPartition } from "../ports/transport.js";

/** How far one consumer is with a lane that it owns. */
export interface LaneStatus {
  /** The ordering domain; `topic:<name>` for a topic without one. */
  readonly domain: string;
  readonly lane: number;
  /** Records that were received and are not finished. */
  readonly unfinished: number;
  /** Bytes that they take in memory: keys, values and headers, and 1 KB each. */
  readonly unfinishedBytes: number;
  /** Why the lane waits for its store; null while it does not. */
  readonly waitsFor: KeylineError | null;
  /** Calls of handlers that take longer than `handlerTimeoutMs`: each holds its key. */
  readonly lateHandlers: number;
  readonly partitions: readonly (TopicPartition & {
    /** Every record below it is finished. */
    readonly finishedTo: number;
    /** Every record below it was received. */
    readonly fetchedTo: number;
  })[];
}

/** A running (or not yet started) member of a consumer group. */
export interface Consumer extends AsyncDisposable {
  /** Members of one group share the lanes among them. */
  readonly groupId: string;
  /**
   * Joins the group; resolves when joined and at work on its first lanes. A second call changes nothing. Rejects with what ended
   * the consumer, where it could not join or cannot go on: `run` rejects with the same error.
   */
  start(): Promise<void>;
  /** Starts, then resolves when closed (also by the signal) and rejects when it cannot go on. */
  run(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Throws what keeps it from its work, as far as it knows without asking the cluster: what ended it; `closed` before it has
   * joined its group, and once `close` was called; `partition_count` while a topic that it reads or writes has another
   * partition count than is needed. What a lane waits for is in `lanes()`.
   */
  check(): void;
  /** The lanes that it owns now. Throws what ended the consumer, where it cannot go on: it has none, but is not idle. */
  lanes(): readonly LaneStatus[];
  /**
   * Resolves when everything that lies in the owned logs at the call is finished; a start that is under way is waited for.
   * Rejects with what ended the consumer where it cannot go on, with `closed` where it was closed or is not started, with
   * `timed_out` where a transaction has stayed open in one of the logs for 3 s: what lies behind it cannot be read before it
   * ends.
   */
  caughtUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Stops taking events, waits for those under way, commits, leaves the group. What is still under way after `timeoutMs`
   * (default 30,000) is not waited for and not committed: `ctx.signal` fires, and the lane's next owner handles it again.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
