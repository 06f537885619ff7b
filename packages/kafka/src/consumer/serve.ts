import { setTimeout as sleep } from "node:timers/promises";
import { createAssignments, type TransportConsumerOptions } from "@keyline/runtime/transport";
import type { Cluster } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import { partitionCounts } from "../client/topics.js";
import type { Coordinator } from "./coordinator.js";
import { createFetcher, type Fetcher } from "./fetcher.js";
import { untilGrown } from "./growth.js";
import type { Generation } from "./join.js";
import type { LogIdentity } from "./log-identity.js";
import { createMembership, type Ending, type Membership } from "./membership.js";

/** What a member owns now, and how it is fetched. */
export interface Serving {
  readonly membership: Membership;
  readonly fetcher: Fetcher;
}

export interface ServerOptions {
  readonly cluster: Cluster;
  readonly coordinator: Coordinator;
  readonly settings: Settings;
  readonly identity: LogIdentity;
  readonly consumer: TransportConsumerOptions;
  /** Ends what is served; its reason is how. */
  readonly signal: AbortSignal;
  /** The consumer cannot go on; aborts the signal. */
  readonly failed: (error: unknown) => void;
}

/** Serves the generations of a group that have the member, one after the other. */
export interface Server {
  /**
   * Hands over what a generation gives, and fetches it, until the generation ends. By then all of it is revoked, or lost and
   * about to be revoked. What is reported at once is reported before this first waits.
   */
  serve(generation: Generation): Promise<Ending>;
  current(): Serving | null;
}

/**
 * Invariant: `current` is what `serve` serves, from before `assigned` until everything is revoked: commits count as long.
 * Its fetcher is closed before the first `revoked`, and its membership is stopped before "lost" is reported.
 */
export function createServer(options: ServerOptions): Server {
  const { cluster, coordinator, settings, identity, consumer, signal, failed } = options;
  const { groupId, instanceId = null, events } = consumer;
  const assignments = createAssignments({ events, failed });
  const limits = {
    maxWaitMs: settings.maxWaitMs,
    maxUnpackedBytes: settings.maxUnpackedBytes,
    maxBytesPerPartition: consumer.maxBytesPerPartition ?? settings.maxBytesPerPartition,
  };
  let current: Serving | null = null;
  let hasGaps = false;

  const tellUnread = ({ gaps }: Generation) => {
    if (gaps.length > 0 || hasGaps) events.unread?.(gaps);
    hasGaps = gaps.length > 0;
  };

  const revoke = async (membership: Membership, reason: "rebalance" | "closed") => {
    const timer = new AbortController();
    // The group began to wait before this member knew.
    const waitMs = Math.max(settings.rebalanceTimeoutMs - 2 * settings.heartbeatIntervalMs, 1);
    const late = sleep(waitMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await assignments.revoke(reason, Promise.race([membership.lost, late]).then(membership.stop));
    timer.abort();
    membership.stop();
  };

  return {
    async serve(generation) {
      const membership = createMembership({ coordinator, groupId, instanceId, generation, settings, failed });
      const { isLive } = membership;
      const fetcher = createFetcher({
        ...{ cluster, limits, identity, isLive, failed },
        batch: (batch) => events.batch(batch),
      });
      current = { membership, fetcher };
      assignments.assign(generation.partitions, fetcher.start);
      tellUnread(generation);
      const over = new AbortController();
      if (generation.watches) {
        const ask = (topics: readonly string[]) => partitionCounts(cluster, topics);
        // A leader that joins again makes its group share out again, and so does a member that says something else than before.
        void untilGrown(generation.counts, ask, settings.metadataIntervalMs, over.signal).then(
          (hasGrown) => hasGrown && membership.end("rebalance"),
        );
      }
      const end = () => membership.end(signal.reason);
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
      const ending = await membership.ended;
      signal.removeEventListener("abort", end);
      over.abort();
      fetcher.close();
      if (ending === "rebalance" || ending === "closed") await revoke(membership, ending);
      else {
        membership.stop();
        void assignments.revoke("lost");
      }
      current = null;
      return ending;
    },
    current: () => current,
  };
}
