import { type Placement, placements } from "@keyline/runtime/tools";
import { asNumber, type Hash64, hashBytes } from "./hash.js";

/** Every known way of placing keys; the place in this list is its bit in a mask. */
export const placementNames = Object.keys(placements) as readonly Placement[];

/** How many different keys of a producer are looked at: more say nothing new. */
const sampleKeys = 1024;

/** Over different keys of one producer, which placements put each where it lies. */
export interface PlacementTally {
  /** How many different keys were looked at. */
  keys(): number;
  /** By mask of the placements that agree with the log: how many keys. */
  masks(): ReadonlyMap<number, number>;
  /** Looks at a key, unless it was or there are enough. */
  add(key: Uint8Array, partition: number, count: number): void;
}

/** Made for each producer: at most a thousand numbers. */
export function createPlacementTally(): PlacementTally {
  // Invariant: `seen` holds the hashes of the first different keys, and `masks` counts each of them once, by the
  // placements that put it where it lies.
  const seen = new Set<number>();
  const masks = new Map<number, number>();
  const hash: Hash64 = { high: 0, low: 0 };
  return {
    keys: () => seen.size,
    masks: () => masks,
    add(key, partition, count) {
      if (seen.size >= sampleKeys) return;
      hashBytes(key, hash);
      const number = asNumber(hash);
      // One key, however often it comes, is one witness: by chance a wrong placement agrees with it each time.
      if (seen.has(number)) return;
      seen.add(number);
      const mask = maskOf(key, partition, count);
      masks.set(mask, (masks.get(mask) ?? 0) + 1);
    },
  };
}

function maskOf(key: Uint8Array, partition: number, count: number): number {
  let mask = 0;
  placementNames.forEach((name, bit) => {
    if (placements[name].place(key, count) === partition) mask |= 1 << bit;
  });
  return mask;
}
