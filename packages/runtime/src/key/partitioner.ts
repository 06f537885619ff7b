import { crc32 } from "node:zlib";
import { KeylineError } from "../errors.js";
import { fnv1a32, murmur2 } from "./hash.js";

/** The hash by which a domain's producers choose a partition; librdkafka's names. */
export type Partitioner = "murmur2" | "consistent" | "fnv1a";

/** Where a key's hash falls among `count` partitions. Each is how its clients do it, signs and all. */
const placements: { readonly [Name in Partitioner]: (key: Uint8Array, count: number) => number } = {
  murmur2: (key, count) => (murmur2(key) & 0x7fffffff) % count,
  consistent: (key, count) => crc32(key) % count,
  // Sarama takes the hash as signed and the absolute value after the remainder, not before.
  fnv1a: (key, count) => Math.abs((fnv1a32(key) | 0) % count),
};

/**
 * The partition of a key: the same one that every client with this partitioner chooses.
 * Throws `options_invalid` for a count that is no positive integer.
 */
export function partitionOf(partitioner: Partitioner, key: Uint8Array, count: number): number {
  if (!Number.isInteger(count) || count < 1) {
    throw new KeylineError(
      "options_invalid",
      `a key cannot be placed on ${count} partitions: pass the topic's partition count`,
    );
  }
  return placements[partitioner](key, count);
}
