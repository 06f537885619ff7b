import { type Partitioner, partitionOf } from "@keyline/runtime/tools";

/** How records would be distributed with another partition count and partitioner. */
export interface WhatIf {
  readonly partitioner: Partitioner;
  readonly partitions: number;
  /** The busiest lane's records divided by the mean: 1 is even. */
  readonly maxOverMean: number;
  /** The busiest lane's share of all records, 0 to 1. */
  readonly busiestShare: number;
}

const partitioners: readonly Partitioner[] = ["murmur2", "consistent", "fnv1a"];

/** Counts where each record would go: exact, in memory of one number for each partition that is asked about. */
export interface WhatIfs {
  add(key: Uint8Array): void;
  result(): readonly WhatIf[];
}

export function createWhatIfs(counts: readonly number[]): WhatIfs {
  const cases = partitioners.flatMap((partitioner) =>
    counts.map((partitions) => ({ partitioner, partitions, loads: new Float64Array(partitions) })),
  );
  // Invariant: the loads of each case sum to `total`.
  let total = 0;
  return {
    add(key) {
      total += 1;
      for (const { partitioner, partitions, loads } of cases) {
        const partition = partitionOf(partitioner, key, partitions);
        loads[partition] = (loads[partition] ?? 0) + 1;
      }
    },
    result: () =>
      cases.map(({ partitioner, partitions, loads }) => {
        const most = Math.max(...loads);
        return {
          ...{ partitioner, partitions },
          maxOverMean: total === 0 ? 1 : (most * partitions) / total,
          busiestShare: total === 0 ? 0 : most / total,
        };
      }),
  };
}
