import type { Consumer } from "../group/types.js";
import type { Hooks } from "../hooks.js";
import type { Store } from "../ports/store.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";
import type { RetryPolicy } from "../retry.js";
import type { AnyProjection } from "./define.js";

/** A member of a group that runs a projection. */
export type Projector = Consumer;

/** How a projection is run. Look first at `projection`, `transport` and `store`. */
export interface ProjectorOptions {
  readonly projection: AnyProjection;
  readonly transport: Transport;
  readonly store: Store;
  /** Default: the projection's name. Members of one group share the lanes among them. */
  readonly groupId?: string;
  /** The publisher of what is emitted: the `source` of its CloudEvents. Default: the projection's name. */
  readonly source?: string;
  readonly retry?: RetryPolicy;
  /**
   * What fires timers. `wall-clock` (the default): the key's own events, and the clock once the lane is read up.
   * `events`: the key's own events alone, so that a recording replays the same at any speed.
   */
  readonly timers?: "wall-clock" | "events";
  /**
   * What happens to a key when an event of it has failed for the last time. `skip` (the default): the event goes to the
   * dead letters and the key goes on. `hold`: the event and all later ones of its key are parked in the store, in order,
   * until an operator releases the key (`keyline parked`); other keys go on. What cannot be read goes to the dead letters
   * either way.
   */
  readonly onFailure?: "skip" | "hold";
  /** Parked events of one key at most. Default 1,000. What comes beyond them goes to the dead letters (`parked_full`). */
  readonly maxParked?: number;
  readonly onWrongPartition?: "process" | "dead-letter";
  /**
   * Unfinished events of one topic-partition that are held in memory. Default 2,000; a full one pauses only itself. Events of keys
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
  /** Events that one transaction applies at most. Default 500. More is faster and rolls back more. */
  readonly maxBatchEvents?: number;
  /** Keys of one lane whose rows are kept in memory between transactions. Default 10,000. */
  readonly cachedKeys?: number;
  readonly hooks?: Hooks;
  /**
   * Traces each fetch, each attempt to apply an event, and what is published. Default none: the trace of an event is passed on
   * as it came.
   */
  readonly tracing?: Tracing;
  /** The wall clock (milliseconds since 1970). Default `Date.now`. */
  readonly clock?: () => number;
}
