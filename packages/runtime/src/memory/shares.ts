import { assignLanes, type LaneMember } from "../group/assign-lanes.js";
import type { TopicPartition } from "../ports/transport.js";
import { partitionName } from "./partition-name.js";

/** What the members of a group own. */
export interface Shares {
  /** How often it was shared out. */
  generation(): number;
  of(memberId: string): readonly TopicPartition[];
  ownerOf(partition: TopicPartition): string | null;
  gaps(): readonly TopicPartition[];
  /** The partition counts that it was shared out by. */
  counts(): ReadonlyMap<string, number>;
  shareOut(members: readonly LaneMember[], counts: ReadonlyMap<string, number>): void;
  /** A member owns nothing from now on. */
  release(memberId: string): void;
  /** A member owns what another one owned. */
  handOver(from: string, to: string): void;
}

/** Invariant: a partition has one owner at most: `owners` names it for each partition of an `assignment`, and for no other. */
export function createShares(): Shares {
  let owners = new Map<string, string>();
  let assignment = new Map<string, readonly TopicPartition[]>();
  let last: Readonly<{
    generation: number;
    gaps: readonly TopicPartition[];
    counts: ReadonlyMap<string, number>;
  }> = { generation: 0, gaps: [], counts: new Map() };

  const of = (memberId: string) => assignment.get(memberId) ?? [];

  return {
    of,
    generation: () => last.generation,
    ownerOf: (partition) => owners.get(partitionName(partition)) ?? null,
    gaps: () => last.gaps,
    counts: () => last.counts,
    shareOut(members, counts) {
      const made = assignLanes({ members, partitionCounts: counts });
      assignment = new Map(made.assignment);
      owners = new Map(
        [...assignment].flatMap(([memberId, partitions]) =>
          partitions.map((partition) => [partitionName(partition), memberId] as const),
        ),
      );
      last = { generation: last.generation + 1, gaps: made.gaps, counts };
    },
    release(memberId) {
      for (const partition of of(memberId)) owners.delete(partitionName(partition));
      assignment.delete(memberId);
    },
    handOver(from, to) {
      const partitions = of(from);
      assignment.delete(from);
      assignment.set(to, partitions);
      for (const partition of partitions) owners.set(partitionName(partition), to);
    },
  };
}
