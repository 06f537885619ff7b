import type { Broker } from "../client/broker.js";
import { type Cluster, type Patience, recover, retryOn } from "../client/cluster.js";
import { failureOf } from "../errors.js";
import type { OwnRequest } from "../wire/request.js";

/** The broker that coordinates a group, wherever it is now. */
export interface Coordinator {
  /** Asks it once; after a failure it is looked for again. */
  ask<Answer>(request: OwnRequest<Answer>): Promise<Answer>;
  /** Asks until it answers, refuses, the time is over, or the signal fires. `check` may throw what an answer's rows say. */
  retry<Answer>(patience: Patience, request: OwnRequest<Answer>, check: (answer: Answer) => void): Promise<Answer>;
}

/** Invariant: `found` is the broker that was found last; null as soon as a request to it failed in a way that may pass. */
export function createCoordinator(cluster: Cluster, groupId: string): Coordinator {
  let found: Promise<Broker> | null = null;

  const once = async <Answer>(request: OwnRequest<Answer>, check?: (answer: Answer) => void): Promise<Answer> => {
    found ??= cluster.coordinator(groupId);
    const asked = found;
    try {
      const answer = await (await asked).send(request);
      check?.(answer);
      return answer;
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
        if (failureOf(caught).retryable) await recover(cluster);
        throw caught;
      }
    },
    retry: (patience, request, check) => retryOn(cluster, patience, () => once(request, check)),
  };
}
