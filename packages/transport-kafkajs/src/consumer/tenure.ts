import type { TopicPartition } from "@keyline/runtime/transport";
import { nameOf } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import { failureOf, transportError } from "../errors.js";
import type { Coordinator } from "./coordinator.js";
import type { Generation } from "./join.js";

/** Why a tenure ends: the group shares out anew, the session is over, the consumer is closed, or it cannot go on. */
export type Ending =
  | { readonly kind: "rebalance" | "lost" | "closed" }
  | { readonly kind: "failed"; readonly error: unknown };

/** The time for which a member owns what one generation gave it; heartbeats keep it up, from a timer of their own. */
export interface Tenure {
  readonly generation: Generation;
  /** Whether the session lives for sure: a broker may take a member for dead that it has not heard for the session timeout. */
  isLive(): boolean;
  owns(partition: TopicPartition): boolean;
  end(ending: Ending): void;
  readonly ended: Promise<Ending>;
  /** Resolves when the session is over, also after `ended` for a rebalance. */
  readonly lost: Promise<void>;
  /** No heartbeat from now on, and not live. */
  leave(): void;
}

export interface TenureOptions {
  readonly coordinator: Coordinator;
  readonly groupId: string;
  readonly generation: Generation;
  readonly settings: Settings;
}

const gone = new Set(["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "FENCED_INSTANCE_ID"]);

/** @see Tenure */
export function createTenure({ coordinator, groupId, generation, settings }: TenureOptions): Tenure {
  const { memberId, generationId } = generation;
  const owned = new Set(generation.partitions.map(nameOf));
  const ended = Promise.withResolvers<Ending>();
  const lost = Promise.withResolvers<void>();
  let heardAtMs = performance.now();
  let left = false;
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;

  const leave = () => {
    left = true;
    clearTimeout(timer);
    clearTimeout(watch);
  };

  const lose = () => {
    leave();
    ended.resolve({ kind: "lost" });
    lost.resolve();
  };

  /** Counted from when the heartbeat was sent, the broker's own count starts later. */
  const heard = (sentAtMs: number) => {
    heardAtMs = sentAtMs;
    clearTimeout(watch);
    watch = setTimeout(lose, sentAtMs + settings.sessionTimeoutMs - performance.now());
  };

  const beat = async () => {
    const sentAtMs = performance.now();
    try {
      await coordinator.ask((broker) => broker.heartbeat({ groupId, memberId, groupGenerationId: generationId }));
      if (!left) heard(sentAtMs);
    } catch (caught) {
      if (left) return;
      const failure = failureOf(caught);
      if (failure.type === "REBALANCE_IN_PROGRESS") {
        heard(sentAtMs);
        ended.resolve({ kind: "rebalance" });
      } else if (failure.type && gone.has(failure.type)) lose();
      else if (!failure.passing) {
        ended.resolve({ kind: "failed", error: transportError(caught, `stay in the group ${groupId}`) });
      }
    }
  };

  const schedule = () => {
    if (left) return;
    timer = setTimeout(() => void beat().finally(schedule), settings.heartbeatIntervalMs);
  };

  heard(heardAtMs);
  schedule();
  return {
    generation,
    isLive: () => !left && performance.now() - heardAtMs < settings.sessionTimeoutMs,
    owns: (partition) => owned.has(nameOf(partition)),
    end: ended.resolve,
    ended: ended.promise,
    lost: lost.promise,
    leave,
  };
}
