import { KeylineError } from "../errors.js";
import type { TransportProducer } from "./transport.js";

/**
 * Wraps `append` so that it refuses a second call for a topic-partition while one is in flight, before it has any
 * effect. Two at once would have no order, and would share a sequence number, so that the broker would drop one as a
 * duplicate. The second call rejects with `options_invalid`.
 */
export function oneAppendAtATime(append: TransportProducer["append"]): TransportProducer["append"] {
  // Invariant: `inFlight` names the topic-partitions whose append has not settled.
  const inFlight = new Set<string>();

  return async (topic, partition, records, options) => {
    const name = `${topic}/${partition}`;
    if (inFlight.has(name)) {
      throw new KeylineError(
        "options_invalid",
        `cannot append to ${name} while an append is in flight: await that first`,
      );
    }
    inFlight.add(name);
    try {
      return await append(topic, partition, records, options);
    } finally {
      inFlight.delete(name);
    }
  };
}
