import { KeylineError } from "../errors.js";
import { type Placement, placements } from "./placements.js";

/** The hash by which a domain's producers choose a partition; the names are librdkafka's. */
export type Partitioner = Extract<Placement, "murmur2" | "consistent" | "fnv1a">;

/**
 * The partition of a key: the one that every client with this partitioner chooses. Throws `options_invalid` for a count
 * that is not a positive integer.
 */
export function partitionOf(partitioner: Partitioner, key: Uint8Array, count: number): number {
  if (!Number.isInteger(count) || count < 1) {
    throw new KeylineError(
      "options_invalid",
      `a key cannot be placed on ${count} partitions: pass the topic's partition count`,
    );
  }
  return placements[partitioner].place(key, count);
}
