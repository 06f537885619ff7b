import { type Partitioner, partitionOf } from "./partitioner.js";

/** Those that a contract can name: a consumer counts them for each stray record, and more would match by chance. */
const known: readonly Partitioner[] = ["murmur2", "consistent", "fnv1a"];

/**
 * The partitioners that put the key there. One record says little, since every partitioner does with one key in so many
 * as there are partitions: count over many.
 */
export function matchingPartitioners(key: Uint8Array, partition: number, count: number): readonly Partitioner[] {
  return known.filter((partitioner) => partitionOf(partitioner, key, count) === partition);
}
