import { createMemoryCluster, type MemoryCluster } from "@keyline/runtime/memory";
import { deadLetterTopic } from "@keyline/runtime/tools";
import { topics } from "@student-events/events";

/** The contract's topics by their addresses. */
export const addresses: readonly string[] = Object.values(topics).map(({ address }) => address);

/** A memory cluster that has the contract's topics, and keeps everything: the outcome is verified from it. */
export function createEmbeddedCluster(): MemoryCluster {
  const cluster = createMemoryCluster({ maxBytes: Number.MAX_SAFE_INTEGER });
  for (const { address, partitions } of Object.values(topics)) {
    for (const name of [address, deadLetterTopic(address)]) cluster.createTopic(name, { partitions: partitions ?? 1 });
  }
  return cluster;
}
