import type { KeylineError } from "../errors.js";
import type { Arrival } from "../lane/arrival.js";
import type { LaneQueue } from "../lane/lane-queue.js";
import type { LaneGroup, TopicPartition, TransportConsumer } from "../ports/transport.js";

/** What works on a lane: calls handlers, or applies events to a projection. */
export interface LaneWorker {
  readonly queue: LaneQueue<Arrival>;
  /** Something may have become ready. */
  wake(): void;
  /** Whether something beside the queue is under way, e.g. events that wait to be published. */
  pending?(): boolean;
  /** Why the lane waits for its store; null while it does not. */
  waitsFor?(): KeylineError | null;
  /** Calls of handlers that run longer than handlerTimeoutMs. */
  lateHandlers?(): number;
  /** The lane is revoked: stops, and waits for what is under way (not for "lost", nor once the session is late). */
  stop(reason: StopReason): Promise<void>;
}

export type StopReason = "rebalance" | "closed" | "lost";

/** A lane that the group gave to this consumer. */
export interface TakenLane {
  readonly group: LaneGroup;
  readonly lane: number;
  readonly partitions: readonly TopicPartition[];
}

/** What a lane's worker may ask of its session. */
export interface SessionContext {
  readonly clusterId: string;
  readonly consumer: TransportConsumer;
  /** Fires when the lane is taken away, or another one cannot be opened: opening it gives up then. */
  readonly signal: AbortSignal;
  /** Fires when closing has taken as long as it may: what is under way is not waited for any more. */
  readonly late: AbortSignal;
  /** Stops the consumer with an error. */
  fail(error: unknown): void;
}

/** A lane that this member owns, and the worker on it. */
export interface MemberLane extends TakenLane {
  readonly worker: LaneWorker;
}
