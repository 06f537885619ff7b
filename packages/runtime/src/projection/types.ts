import type { Consumer } from "../group/types.js";
import type { Hooks } from "../hooks.js";
import type { Store } from "../ports/store.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";
import type { RetryPolicy } from "../retry.js";
import type { AnyProjection } from "./define.js";

/** A member of a consumer group that runs a projection. */
export type Projector = Consumer;

/** The options of a projector. `projection`, `transport` and `store` are required. */
export interface ProjectorOptions {
  /** The projection to run. */
  readonly projection: AnyProjection;
  /** The connection to the cluster; the projector does not close it. */
  readonly transport: Transport;
  /** The database of its states; the projector does not close it. */
  readonly store: Store;
  /** The consumer group, whose members share the lanes. Default: the projection's name. */
  readonly groupId?: string;
  /**
   * Names this copy of the process in its group, the same across restarts, e.g. a StatefulSet's pod name; letters,
   * digits, `.`, `_` and `-`, at most 249. A copy that is back before its session ends takes its lanes again, and no
   * other copy pauses. If two processes have one id, the one that joined first ends with `instance_fenced`. Default none: each
   * restart makes the group share out its lanes twice. See `close` for scaling down.
   */
  readonly instanceId?: string;
  /** The publisher of emitted events: the `source` of their CloudEvents. Default: the projection's name. */
  readonly source?: string;
  /** How a failed event is retried. Default: 5 attempts within 30 s, with pauses that start at 200 ms and double. */
  readonly retry?: RetryPolicy;
  /**
   * What fires timers. `wall-clock` (the default): the key's own events, and the clock once the lane has caught up.
   * `events`: only the key's own events, so that a recording gives the same result at any speed.
   */
  readonly timers?: "wall-clock" | "events";
  /**
   * What happens when all attempts of an event have failed. `skip` (the default): the event goes to the dead letters
   * and its key goes on. `hold`: the event and all later ones of its key are parked in the store, in order, until an
   * operator releases the key (`keyline parked`); other keys go on. Records that cannot be read go to the dead letters
   * in both cases.
   */
  readonly onFailure?: "skip" | "hold";
  /**
   * The maximum number of parked events of one key. Default 1,000. Further events go to the dead letters
   * (`parked_full`).
   */
  readonly maxParked?: number;
  /**
   * What happens to a record on the wrong partition for its key. Default `process`: it is applied and counted, but its
   * order relative to the key's other events is not promised.
   */
  readonly onWrongPartition?: "process" | "dead-letter";
  /**
   * How many unfinished events of one topic-partition are kept in memory. Default 2,000; a full topic-partition pauses
   * only itself. Events of keys that wait for a retry or for a cause are not counted: only `bufferBytes` limits those.
   */
  readonly bufferRecords?: number;
  /**
   * How many bytes of unfinished events (keys, values, headers, and 1 KB for each) are kept in memory, for all
   * topic-partitions together. Default 67,108,864 (64 MB); below 1 it is `options_invalid`. Above it fetching pauses
   * until events are finished; a single larger event is let through. One fetch comes on top: about a megabyte for each
   * partition, 10 for each broker. Without a limit, large events or slow reducers would exhaust the memory.
   */
  readonly bufferBytes?: number;
  /**
   * The maximum number of events that one transaction applies. Default 500. More is faster, and a failure rolls back
   * more.
   */
  readonly maxBatchEvents?: number;
  /** How many keys' rows of one lane are kept in memory between transactions. Default 10,000. */
  readonly cachedKeys?: number;
  /** Callbacks for metrics and logs. Default none. */
  readonly hooks?: Hooks;
  /**
   * Traces each fetch, each attempt to apply an event, and each publication. Default none: an event's trace is passed
   * on unchanged.
   */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: () => number;
}
