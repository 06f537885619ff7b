import { KeylineError } from "@keyline/runtime";
import type { TopicIds } from "../wire/fetch-by-id.js";

/** The logs that a member reads: they are its topics' as long as these have the ids that they had when it began. */
export interface LogIdentity {
  readonly ids: TopicIds;
  /** Looks whether another topic has been made under the name; the error to end with if so, else null. */
  replaced(topic: string): Promise<KeylineError | null>;
}

/** Each broker hears of a topic's end, and of another of its name, on its own: what one says may be older than what is known. */
const confirmedAfterMs = 1000;

/**
 * Invariant: `otherSinceMs` has the topics that each answer has named by another id, from that moment on; an answer that
 * names the one that is known, or none, takes the topic out.
 */
export function createLogIdentity(
  ids: TopicIds,
  ask: (topics: readonly string[]) => Promise<TopicIds>,
  nowMs: () => number = () => performance.now(),
): LogIdentity {
  const otherSinceMs = new Map<string, number>();

  return {
    ids,
    async replaced(topic) {
      const known = ids.get(topic);
      const found = known === undefined ? undefined : (await ask([topic])).get(topic);
      if (found === undefined || found === known) {
        otherSinceMs.delete(topic);
        return null;
      }
      const sinceMs = otherSinceMs.get(topic) ?? nowMs();
      otherSinceMs.set(topic, sinceMs);
      return nowMs() - sinceMs < confirmedAfterMs ? null : replacedError(topic);
    },
  };
}

const replacedError = (topic: string) =>
  new KeylineError(
    "log_replaced",
    `cannot go on with ${topic}: it was deleted, and another topic was made under its name: restore it, or start over on purpose: reset the group, or replay the projection`,
  );
