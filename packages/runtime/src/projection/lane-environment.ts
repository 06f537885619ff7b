import type { GroupHooks } from "../hooks.js";
import type { ReadTopic } from "../lane/arrival.js";
import type { Store } from "../ports/store.js";
import type { Tracing } from "../ports/tracing.js";
import type { Transport } from "../ports/transport.js";
import type { ProducerCore } from "../producer/core.js";
import type { RetryPolicy } from "../retry.js";
import type { AnyProjection } from "./define.js";

/** What the lanes of one projection share. */
export interface LaneEnvironment {
  readonly projection: AnyProjection;
  readonly transport: Transport;
  readonly store: Store;
  readonly core: ProducerCore;
  readonly groupId: string;
  readonly hooks: GroupHooks;
  readonly tracing: Tracing | undefined;
  readonly retry: RetryPolicy;
  readonly topics: readonly ReadTopic[];
  /** Addresses of all topics of the domain. */
  readonly domainTopics: readonly string[];
  /** Whether a key waits to be released when an event of it has failed for the last time. */
  readonly holds: boolean;
  /** Parked events of one key at most. */
  readonly maxParked: number;
  readonly clock: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Whether the wall clock fires timers. */
  readonly wallClock: boolean;
  readonly maxBatchEvents: number;
  readonly cachedKeys: number;
  /** The lane that a key belongs to by its hash. */
  homeLane(key: string): number;
}
