import type { LaneGroup } from "../ports/transport.js";

/** Topics whose partitions of one number have one owner. */
export interface LaneSet {
  /** Names of the groups that make it up; more than one where members disagree on a topic's group. */
  readonly groups: ReadonlySet<string>;
  /** In alphabetical order. */
  readonly topics: readonly string[];
  /** Lanes from this number on are given to no member. */
  readonly limit: number;
}

/**
 * Joins groups of one name, and groups that share a topic: were they apart, two members could own one partition.
 * The order of the result does not depend on that of the groups.
 */
export function laneSetsOf(groups: readonly LaneGroup[]): readonly LaneSet[] {
  const sets: { groups: Set<string>; topics: Set<string>; limit: number }[] = [];
  for (const group of groups) {
    const { name, topics, partitions: limit = Number.POSITIVE_INFINITY } = group;
    const joined = { groups: new Set([name]), topics: new Set(topics), limit };
    for (let at = sets.length - 1; at >= 0; at -= 1) {
      const set = sets[at];
      if (!set || !(overlap(set.groups, joined.groups) || overlap(set.topics, joined.topics))) continue;
      for (const name of set.groups) joined.groups.add(name);
      for (const topic of set.topics) joined.topics.add(topic);
      joined.limit = Math.min(joined.limit, set.limit);
      sets.splice(at, 1);
    }
    sets.push(joined);
  }
  return sets
    .map((set) => ({ ...set, topics: [...set.topics].sort() }))
    .sort((one, other) => compareText(firstOf(one.groups), firstOf(other.groups)));
}

/** Orders text by its code units, the same everywhere. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function firstOf(names: ReadonlySet<string>): string {
  return [...names].sort()[0] ?? "";
}

function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const name of one) if (other.has(name)) return true;
  return false;
}
