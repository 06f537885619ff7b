import { KeylineError } from "@keyline/runtime";
import { unavailable } from "../errors.js";
import type { TopicIds } from "../wire/fetch-by-id.js";

/** The logs that a member reads: its topics', as long as these have the ids that they had when it began. */
export interface LogIdentity {
  /** The topics' ids since `begin`; of none where brokers are older than ids. */
  readonly ids: TopicIds;
  /** Learns the topics' ids. Throws what may be tried again while the broker that is asked does not know one of them. */
  begin(topics: readonly string[]): Promise<void>;
  /** Looks whether another topic has been made under the name; the error to end with if so, else null. */
  replaced(topic: string): Promise<KeylineError | null>;
}

/** Brokers hear of a topic's end, and of another of its name, one after the other: an answer may be older than what is known. */
const confirmedAfterMs = 1000;

/**
 * Invariant: `ids` changes in `begin` alone. `otherSinceMs` has the topics that each answer has named by another id, from
 * that moment on; an answer that names the known id, or none, takes the topic out.
 */
export function createLogIdentity(
  ask: (topics: readonly string[]) => Promise<TopicIds | null>,
  nowMs: () => number = () => performance.now(),
): LogIdentity {
  const ids = new Map<string, string>();
  const otherSinceMs = new Map<string, number>();

  return {
    ids,
    async begin(topics) {
      const found = await ask(topics);
      if (found === null) return;
      const unknown = topics.filter((topic) => !found.has(topic));
      if (unknown.length > 0) throw unavailable(`the broker that was asked does not know ${unknown.join(", ")} yet`);
      for (const [topic, id] of found) ids.set(topic, id);
    },
    async replaced(topic) {
      const known = ids.get(topic);
      const found = known === undefined ? undefined : (await ask([topic]))?.get(topic);
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
    `cannot go on with ${topic}: it was deleted and recreated: restore it, or start over on purpose: reset the group, or replay the projection`,
  );
