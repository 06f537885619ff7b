import { type Patience, recover, retryOn } from "../client/cluster.js";
import { groupCoordinator } from "../client/group-coordinator.js";
import type { KafkaBroker, KafkaCluster } from "../client/protocol.js";
import { failureOf } from "../errors.js";

/** The broker that coordinates a group, wherever it is now. */
export interface Coordinator {
  /** Asks it once; after a failure it is looked for again. */
  ask<Answer>(request: (broker: KafkaBroker) => Promise<Answer>): Promise<Answer>;
  /** Asks until it answers, refuses, the time is over, or the signal fires. */
  retry<Answer>(patience: Patience, request: (broker: KafkaBroker) => Promise<Answer>): Promise<Answer>;
}

/** Invariant: `found` is the broker that was found last; null as soon as a request to it failed in a way that may pass. */
export function createCoordinator(cluster: KafkaCluster, groupId: string): Coordinator {
  let found: Promise<KafkaBroker> | null = null;

  const once = async <Answer>(request: (broker: KafkaBroker) => Promise<Answer>): Promise<Answer> => {
    found ??= groupCoordinator(cluster, groupId);
    const asked = found;
    try {
      return await request(await asked);
    } catch (caught) {
      if (failureOf(caught).retryable && found === asked) found = null;
      throw caught;
    }
  };

  return {
    async ask(request) {
      try {
        return await once(request);
      } catch (caught) {
        if (failureOf(caught).retryable) await recover(cluster, caught);
        throw caught;
      }
    },
    retry: (patience, request) => retryOn(cluster, patience, () => once(request)),
  };
}
