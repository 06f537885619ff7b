import type { TopicDescriptor } from "./descriptor.js";
import { KeylineError } from "./errors.js";
import type { Transport } from "./ports/transport.js";

/** The cluster's partition counts, held against the contract's (P2). */
export interface Topology {
  /** Asks the cluster about these addresses. */
  load(addresses: readonly string[]): Promise<void>;
  /** The partition count of a topic that may be used. Throws `topic_unknown` or `partition_count`. */
  partitionsOf(topic: TopicDescriptor, address?: string): number;
  knows(address: string): boolean;
  /** The partition count of any topic that was asked about; 0 where it does not exist. */
  countOf(address: string): number;
}

/**
 * Invariant: `counts` has what the cluster said last of each address that was asked about and exists; an address is never
 * taken out, so what `knows` was true of stays true.
 */
export function createTopology(transport: Transport): Topology {
  const counts = new Map<string, number>();

  /** The count that every topic of the domain must have: the contract's, else the one of the first topic that exists. */
  const expectedOf = (topic: TopicDescriptor): number | null => {
    const stated = topic.domain?.partitions ?? topic.partitions;
    if (stated !== null) return stated;
    for (const address of topic.domain?.topics ?? []) {
      const count = counts.get(address);
      if (count !== undefined) return count;
    }
    return null;
  };

  return {
    async load(addresses) {
      for (const [address, count] of await transport.partitionCounts(addresses)) counts.set(address, count);
    },
    partitionsOf(topic, address = topic.address) {
      const count = counts.get(address);
      if (count === undefined) {
        throw new KeylineError("topic_unknown", `topic ${address} does not exist on the cluster: create it first`);
      }
      const expected = expectedOf(topic);
      // An unkeyed topic may have any number of partitions: no key can be misplaced.
      if (topic.domain && expected !== null && count !== expected) {
        throw new KeylineError(
          "partition_count",
          `topic ${address} has ${count} partitions and the contract says ${expected}: its keys would lie elsewhere than those of ${topic.domain.name}'s other topics`,
        );
      }
      return count;
    },
    knows: (address) => counts.has(address),
    countOf: (address) => counts.get(address) ?? 0,
  };
}
