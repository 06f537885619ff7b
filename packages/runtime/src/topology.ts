import type { TopicDescriptor } from "./descriptor.js";
import { KeylineError } from "./errors.js";
import type { Transport } from "./ports/transport.js";

/** A topic whose partition count is not the one that is needed. */
export interface CountMismatch {
  readonly topic: string;
  readonly expected: number;
  readonly found: number;
}

/** The cluster's partition counts, checked against the contract's (P2). */
export interface Topology {
  /** Asks the cluster about these addresses. */
  load(addresses: readonly string[]): Promise<void>;
  /**
   * Asks again about every address that exists. A topic without keys has the new count from then on. A topic whose keys are
   * placed by its count keeps it, and is reported: with another count its keys would lie elsewhere than before.
   */
  refresh(): Promise<readonly CountMismatch[]>;
  /** The partition count of a topic that may be used. Throws `topic_unknown` or `partition_count`. */
  partitionsOf(topic: TopicDescriptor, address?: string): number;
  knows(address: string): boolean;
  /** The partition count of any topic that was asked about; 0 where it does not exist. */
  countOf(address: string): number;
}

/**
 * Invariant: `counts` has of each address that was asked about and exists what the cluster said last, or of a topic with
 * keys what it said when it was loaded; an address is never taken out, so what `knows` was true of stays true.
 */
export function createTopology(transport: Transport, topics: readonly TopicDescriptor[]): Topology {
  const keyed = new Set(topics.flatMap(({ domain, address }) => (domain ? [address, ...domain.topics] : [])));
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
    async refresh() {
      const mismatches: CountMismatch[] = [];
      for (const [topic, found] of await transport.partitionCounts([...counts.keys()])) {
        const expected = counts.get(topic) ?? found;
        if (!keyed.has(topic)) counts.set(topic, found);
        else if (found !== expected) mismatches.push({ topic, expected, found });
      }
      return mismatches;
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
