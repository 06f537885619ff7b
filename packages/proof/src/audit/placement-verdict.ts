import type { Placement } from "@keyline/runtime/tools";
import { type PlacementTally, placementNames } from "./placement-tally.js";

/** A placement that a producer's keys speak for. */
export interface PlacementVerdict {
  readonly placement: Placement;
  /** The share of the producer's keys that it explains best, 0 to 1. */
  readonly share: number;
  /** How sure it is that the producer, or a part of it, places so, 0 to 1. */
  readonly confidence: number;
}

/** Shares below are chance, not a producer. */
const leastShare = 0.05;
const rounds = 60;

/**
 * Which placements a producer uses: the mixture of them, with a rest that lies anywhere, under which its keys are
 * likeliest to lie where they do (expectation maximisation). The confidence of one is how much less likely they are
 * without it, paid for by how many keys and placements there are: with a handful of keys several fit, and none is sure.
 */
export function placementsOf(tally: PlacementTally, count: number): readonly PlacementVerdict[] {
  const masks = [...tally.masks()];
  const keys = tally.keys();
  if (keys === 0) return [];
  const all = placementNames.map((_, bit) => bit);
  const full = mixture(masks, keys, count, all);
  return all
    .map((bit, index): PlacementVerdict => {
      const share = full.weights[index] ?? 0;
      const placement = placementNames[bit] ?? "murmur2";
      if (share < leastShare) return { placement, share, confidence: 0 };
      const without = mixture(
        masks,
        keys,
        count,
        all.filter((other) => other !== bit),
      );
      const gain = full.logLikelihood - without.logLikelihood - Math.log(keys) / 2 - Math.log(all.length);
      return { placement, share, confidence: 1 / (1 + Math.exp(-gain)) };
    })
    .filter(({ share }) => share >= leastShare)
    .sort((one, other) => other.share - one.share);
}

interface Mixture {
  readonly weights: readonly number[];
  readonly logLikelihood: number;
}

/** The likeliest weights of the placements `bits`, and of a rest that lies anywhere. */
function mixture(masks: readonly (readonly [number, number])[], keys: number, count: number, bits: readonly number[]) {
  const anywhere = 1 / count;
  let weights = bits.map(() => 1 / (bits.length + 1));
  let rest = 1 / (bits.length + 1);
  let logLikelihood = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const sums = bits.map(() => 0);
    let [restSum, likelihood] = [0, 0];
    for (const [mask, times] of masks) {
      const parts = bits.map((bit, index) => (mask & (1 << bit) ? (weights[index] ?? 0) : 0));
      const total = parts.reduce((sum, part) => sum + part, rest * anywhere);
      likelihood += times * Math.log(total);
      parts.forEach((part, index) => {
        sums[index] = (sums[index] ?? 0) + (times * part) / total;
      });
      restSum += (times * rest * anywhere) / total;
    }
    weights = sums.map((sum) => sum / keys);
    rest = Math.max(restSum / keys, 1e-9);
    logLikelihood = likelihood;
  }
  return { weights, logLikelihood } satisfies Mixture;
}
