import type { TopicPartition } from "@keyline/runtime/transport";
import type { Settings } from "../client/options.js";
import { failureOf, transportError } from "../errors.js";
import { nameOf } from "../partitions.js";
import { heartbeat } from "../wire/groups.js";
import type { Coordinator } from "./coordinator.js";
import type { Generation } from "./join.js";

/** Why a membership ends: the group rebalances, the session is over, the consumer is closed, or it cannot go on. */
export type Ending = "rebalance" | "lost" | "closed" | "failed";

/** The time for which a member owns what one generation gave it; heartbeats keep it up, from a timer of their own. */
export interface Membership {
  readonly generation: Generation;
  /** @see TransportConsumerOptions.instanceId */
  readonly instanceId: string | null;
  /**
   * Whether the session lives for sure: a broker may take a member for dead that it has not heard for the session timeout.
   * The first "no" ends the membership as lost, so there is no "yes" after it: what was not handed over for a "no" would be
   * skipped.
   */
  isLive(): boolean;
  owns(partition: TopicPartition): boolean;
  end(ending: Ending): void;
  readonly ended: Promise<Ending>;
  /** Resolves when the session is over, also after `ended` for a rebalance. */
  readonly lost: Promise<void>;
  /** No heartbeat from now on, and not live. */
  stop(): void;
}

export interface MembershipOptions {
  readonly coordinator: Coordinator;
  readonly groupId: string;
  /** Of a static member. */
  readonly instanceId: string | null;
  readonly generation: Generation;
  readonly settings: Settings;
  /** The group refuses the member for good. */
  readonly failed: (error: unknown) => void;
}

const notAMember = new Set(["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "FENCED_INSTANCE_ID"]);

/**
 * Invariant: `ended` keeps the first ending. The session is live from the sending of the last heartbeat that was answered
 * until `stop`, or until the session timeout has passed, of which `lost` tells; never again after that, though an answer
 * to an earlier heartbeat may still come. Both timers run only until `stop`.
 */
export function createMembership(options: MembershipOptions): Membership {
  const { coordinator, groupId, instanceId, generation, settings } = options;
  const { memberId, generationId } = generation;
  const owned = new Set(generation.partitions.map(nameOf));
  const ended = Promise.withResolvers<Ending>();
  const lost = Promise.withResolvers<void>();
  const stopped = new AbortController();
  let heardAtMs = performance.now();
  let beating: NodeJS.Timeout | undefined;
  let expiring: NodeJS.Timeout | undefined;

  const stop = () => {
    stopped.abort();
    clearTimeout(beating);
    clearTimeout(expiring);
  };

  const expire = () => {
    stop();
    ended.resolve("lost");
    lost.resolve();
  };

  /** Counted from when the heartbeat was sent, the broker's own count starts later. */
  const heard = (sentAtMs: number) => {
    heardAtMs = sentAtMs;
    clearTimeout(expiring);
    expiring = setTimeout(expire, sentAtMs + settings.sessionTimeoutMs - performance.now());
  };

  const beat = async () => {
    const sentAtMs = performance.now();
    try {
      await coordinator.ask(heartbeat({ groupId, generation: generationId, memberId, instanceId }));
      if (!stopped.signal.aborted) heard(sentAtMs);
    } catch (caught) {
      if (stopped.signal.aborted) return;
      const failure = failureOf(caught);
      if (failure.type === "REBALANCE_IN_PROGRESS") {
        heard(sentAtMs);
        ended.resolve("rebalance");
      } else if (failure.type && notAMember.has(failure.type)) expire();
      else if (!failure.retryable) options.failed(transportError(caught, `stay in the group ${groupId}`));
    }
  };

  const schedule = () => {
    if (stopped.signal.aborted) return;
    beating = setTimeout(() => void beat().finally(schedule), settings.heartbeatIntervalMs);
  };

  heard(heardAtMs);
  schedule();
  return {
    generation,
    instanceId,
    isLive() {
      // A process that was stopped for a while may be asked before its timer tells it.
      if (performance.now() - heardAtMs >= settings.sessionTimeoutMs) expire();
      return !stopped.signal.aborted;
    },
    owns: (partition) => owned.has(nameOf(partition)),
    end: ended.resolve,
    ended: ended.promise,
    lost: lost.promise,
    stop,
  };
}
