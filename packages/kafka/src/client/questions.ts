import { transportError } from "../errors.js";
import { type Cluster, retryOn } from "./cluster.js";

/** Questions to a cluster, each asked until it is answered, refused, or the time is over. */
export interface Questions {
  /** `doing` says in a rejection what could not be done. */
  ask<Answer>(doing: string, question: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when every question is answered or has failed. */
  settled(): Promise<void>;
}

/** Invariant: `underWay` are the questions that have not settled. */
export function createQuestions(cluster: Cluster, withinMs: number, signal?: AbortSignal): Questions {
  const underWay = new Set<Promise<unknown>>();

  return {
    async ask(doing, question) {
      const answer = retryOn(cluster, { withinMs, ...(signal && { signal }) }, question);
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
