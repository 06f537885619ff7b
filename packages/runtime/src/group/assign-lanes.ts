import type { LaneGroup, TopicPartition } from "../ports/transport.js";
import { compareText, type LaneSet, laneSetsOf } from "./lane-sets.js";

/** A member of a consumer group, as it describes itself to its leader. */
export interface LaneMember {
  readonly memberId: string;
  /** Its subscriptions. */
  readonly groups: readonly LaneGroup[];
  /** The lanes that it owned last. */
  readonly previous: readonly { readonly group: string; readonly lane: number }[];
  /**
   * The generation of `previous`: if two members name the same lane, the one with the later generation keeps it.
   * Default 0.
   */
  readonly version?: number;
}

/** The input of an assignment. */
export interface LaneAssignmentInput {
  readonly members: readonly LaneMember[];
  /** The partition count of each topic; a topic that is missing is not assigned. */
  readonly partitionCounts: ReadonlyMap<string, number>;
}

/** Which member reads which partitions. */
export interface LaneAssignment {
  /** The partitions of each member, with an entry for every member. */
  readonly assignment: ReadonlyMap<string, readonly TopicPartition[]>;
  /**
   * Partitions of a lane that its owner does not read: no member reads them until a member that reads the whole lane
   * joins.
   */
  readonly gaps: readonly TopicPartition[];
}

interface Reader {
  readonly member: LaneMember;
  readonly topics: ReadonlySet<string>;
}

/**
 * Assigns each lane (partition p of every topic of a group) as a whole to one member that reads every topic which any
 * member of the group reads; if there is none, to a member that reads the most topics. Lanes stay with their member if
 * possible, the numbers of lanes differ by at most one among the members that may have them, and the order of the
 * members does not matter.
 */
export function assignLanes({ members, partitionCounts }: LaneAssignmentInput): LaneAssignment {
  const readers = members
    .map((member) => ({ member, topics: new Set(member.groups.flatMap(({ topics }) => topics)) }))
    .sort((one, other) => compareText(one.member.memberId, other.member.memberId));
  const assignment = new Map<string, TopicPartition[]>(readers.map(({ member }) => [member.memberId, []]));
  const gaps: TopicPartition[] = [];
  const loads = new Map<Reader, number>(readers.map((reader) => [reader, 0]));
  for (const set of laneSetsOf(readers.flatMap(({ member }) => member.groups))) {
    const topics = set.topics.filter((topic) => partitionCounts.has(topic));
    const laneCount = Math.min(set.limit, Math.max(0, ...topics.map((topic) => partitionCounts.get(topic) ?? 0)));
    const owners = ownersOf(set, laneCount, eligibleOf(readers, topics), loads);
    for (const [lane, owner] of owners.entries()) {
      loads.set(owner, (loads.get(owner) ?? 0) + 1);
      for (const topic of topics) {
        if (lane >= (partitionCounts.get(topic) ?? 0)) continue;
        const target = owner.topics.has(topic) ? assignment.get(owner.member.memberId) : gaps;
        target?.push({ topic, partition: lane });
      }
    }
  }
  return { assignment, gaps };
}

/** The members that read the most of the topics. */
function eligibleOf(readers: readonly Reader[], topics: readonly string[]): readonly Reader[] {
  const reads = readers.map((reader) => topics.filter((topic) => reader.topics.has(topic)).length);
  const most = Math.max(0, ...reads);
  return most === 0 ? [] : readers.filter((_, index) => reads[index] === most);
}

/** The owner of each lane, by its number. */
function ownersOf(
  set: LaneSet,
  laneCount: number,
  eligible: readonly Reader[],
  loads: ReadonlyMap<Reader, number>,
): readonly Reader[] {
  if (eligible.length === 0) return [];
  const claims = claimsOf(set, laneCount, eligible);
  const quotas = quotasOf(laneCount, eligible, claims, loads);
  const owners = new Array<Reader | undefined>(laneCount);
  const left = new Map(quotas);
  const take = (lane: number, reader: Reader) => {
    owners[lane] = reader;
    left.set(reader, (left.get(reader) ?? 0) - 1);
  };
  for (const [lane, reader] of claims) if ((left.get(reader) ?? 0) > 0) take(lane, reader);
  const open = eligible.flatMap((reader) => new Array<Reader>(left.get(reader) ?? 0).fill(reader));
  return Array.from(owners, (owner) => owner ?? open.shift()).filter((owner) => owner !== undefined);
}

/** Which member had each lane, in order of lane. If two name one lane, it is the one of the later generation. */
function claimsOf(set: LaneSet, laneCount: number, eligible: readonly Reader[]): ReadonlyMap<number, Reader> {
  const found = new Map<number, Reader>();
  for (const reader of eligible) {
    for (const { group, lane } of reader.member.previous) {
      if (!set.groups.has(group) || !Number.isInteger(lane) || lane < 0 || lane >= laneCount) continue;
      const rival = found.get(lane);
      if (!rival || (rival.member.version ?? 0) < (reader.member.version ?? 0)) found.set(lane, reader);
    }
  }
  return new Map([...found].sort(([one], [other]) => one - other));
}

/** How many lanes each may have; one more for those that carry the least so far, then for those that had the most. */
function quotasOf(
  laneCount: number,
  eligible: readonly Reader[],
  claims: ReadonlyMap<number, Reader>,
  loads: ReadonlyMap<Reader, number>,
): ReadonlyMap<Reader, number> {
  const claimed = new Map<Reader, number>();
  for (const reader of claims.values()) claimed.set(reader, (claimed.get(reader) ?? 0) + 1);
  const few = Math.floor(laneCount / eligible.length);
  const more = laneCount % eligible.length;
  const count = (counts: ReadonlyMap<Reader, number>, reader: Reader) => counts.get(reader) ?? 0;
  return new Map(
    [...eligible]
      .sort((one, other) => count(loads, one) - count(loads, other) || count(claimed, other) - count(claimed, one))
      .map((reader, index) => [reader, index < more ? few + 1 : few]),
  );
}
