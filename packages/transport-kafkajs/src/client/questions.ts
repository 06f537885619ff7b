import { transportError } from "../errors.js";
import { retryOn } from "./cluster.js";
import type { KafkaCluster } from "./protocol.js";

/** Questions to a cluster, each asked until it is answered, refused, or the time is over. */
export interface Questions {
  /** `doing` says in a rejection what could not be done. */
  ask<Answer>(doing: string, question: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when every question is answered or has failed. */
  settled(): Promise<void>;
}

/** Invariant: `underWay` are the questions that have not settled. */
export function createQuestions(cluster: KafkaCluster, withinMs: number, signal: AbortSignal): Questions {
  const underWay = new Set<Promise<unknown>>();

  return {
    async ask(doing, question) {
      const answer = retryOn(cluster, { withinMs, signal }, question);
      underWay.add(answer);
      try {
        return await answer;
      } catch (caught) {
        throw transportError(caught, doing);
      } finally {
        underWay.delete(answer);
      }
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}
