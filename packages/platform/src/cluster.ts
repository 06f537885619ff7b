import { createMemoryCluster, type MemoryCluster } from "@keyline/runtime/memory";
import { topics } from "@student-events/events";

/** The contract's topics by their addresses. */
export const addresses: readonly string[] = Object.values(topics).map(({ address }) => address);

/** A memory cluster that has the contract's topics, and keeps everything: the outcome is verified from it. */
export function createEmbeddedCluster(): MemoryCluster {
  return createMemoryCluster({ topics, maxBytes: Number.MAX_SAFE_INTEGER });
}
