import { KeylineError } from "../errors.js";
import type { TransportProducer } from "./transport.js";

/**
 * An `append` as the port has it: refuses a second one to a topic-partition while one is in flight, before it does
 * anything. Two at once would have no order, and one sequence for two batches, of which a broker drops one as a copy.
 *
 * Invariant: `inFlight` names the topic-partitions whose append has not settled.
 */
export function oneAppendAtATime(append: TransportProducer["append"]): TransportProducer["append"] {
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
