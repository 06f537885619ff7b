import { assignLanes, type LaneMember } from "../group/assign-lanes.js";
import type { TopicPartition } from "../ports/transport.js";
import { createCommits } from "./commits.js";
import { partitionName } from "./partition-name.js";
import { createRebalances } from "./rebalances.js";

/** A member as its group's coordinator sees it. */
export interface GroupMember extends LaneMember {
  /** What its code knows beyond the protocol. */
  readonly announces: readonly string[];
  /** Takes everything from the member; resolves when its `revoked` has settled. */
  revoke(): Promise<void>;
  /** Gives partitions to the member. */
  assign(partitions: readonly TopicPartition[], generation: number): void;
  /** Says which partitions no member reads. */
  unread(partitions: readonly TopicPartition[]): void;
  /** The group goes on without the member, which may join again. */
  expelled(): void;
}

/** The current state of a group. */
export interface GroupDescription {
  readonly generation: number;
  /** The partitions of each member, by its id. */
  readonly members: ReadonlyMap<string, readonly TopicPartition[]>;
  /** The features that each member's code announced, by the member's id. */
  readonly announced: ReadonlyMap<string, readonly string[]>;
  /** Partitions that no member reads, although some member subscribes to their topic. */
  readonly gaps: readonly TopicPartition[];
}

/** The coordinator of one consumer group: generations, assignments and committed offsets. */
export interface Group {
  /** Resolves when a generation has the member. */
  join(member: GroupMember): Promise<void>;
  leave(memberId: string): void;
  /** As `leave`, but the member did not ask for it. */
  expel(memberId: string): void;
  has(memberId: string): boolean;
  /** Takes everything from all members and assigns again. */
  rebalance(): void;
  /** Records offsets of what the member owns; drops the others. */
  commit(memberId: string, offsets: readonly (TopicPartition & { readonly offset: number })[]): void;
  committed(partition: TopicPartition): number | null;
  /** Forgets the committed offsets of a topic that was recreated. */
  forgetTopic(topic: string): void;
  ownerOf(partition: TopicPartition): string | null;
  /** The partition counts that were shared out last. */
  sharedOut(): ReadonlyMap<string, number>;
  describe(): GroupDescription;
}

export interface GroupOptions {
  readonly partitionCounts: () => ReadonlyMap<string, number>;
  /** A member whose `revoked` takes longer is expelled. */
  readonly rebalanceTimeoutMs: number;
}

/** A member of the group, from its join on. */
interface Membership {
  readonly member: GroupMember;
  /** Settles when a generation has the member, or it is out of the group. */
  readonly joined: PromiseWithResolvers<void>;
  /** Settles when the member is out of the group. */
  readonly left: PromiseWithResolvers<void>;
}

/** What was shared out last. */
interface Generation {
  readonly number: number;
  /** Of each partition, the id of the member that owns it. */
  readonly owners: Map<string, string>;
  /** The partitions of each member, by its id. */
  readonly assignment: Map<string, readonly TopicPartition[]>;
  readonly gaps: readonly TopicPartition[];
  /** What it was made from. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Invariant: a partition has one owner at most, a member of the group: one that leaves owns nothing from then on. Only once
 * every member's `revoked` has settled, or it is out of the group, does the next generation replace the last.
 */
export function createGroup(options: GroupOptions): Group {
  const memberships = new Map<string, Membership>();
  const commits = createCommits();
  let current: Generation = { number: 0, owners: new Map(), assignment: new Map(), gaps: [], counts: new Map() };

  /** Takes everything from a member; one that takes too long is expelled. */
  const revoke = async ({ member, left }: Membership) => {
    const timer = setTimeout(() => expel(member.memberId), options.rebalanceTimeoutMs);
    await Promise.race([member.revoke(), left.promise]);
    clearTimeout(timer);
  };

  const assign = () => {
    const members = [...memberships.values()].map(({ member }) => member);
    const before = current;
    current = nextGeneration(before, members, options.partitionCounts());
    const tellGaps = before.gaps.length > 0 || current.gaps.length > 0;
    for (const { member, joined } of memberships.values()) {
      joined.resolve();
      member.assign(current.assignment.get(member.memberId) ?? [], current.number);
      if (tellGaps) member.unread(current.gaps);
    }
  };

  const rebalances = createRebalances(() => Promise.all([...memberships.values()].map(revoke)), assign);

  const leave = (memberId: string): Membership | undefined => {
    const membership = memberships.get(memberId);
    if (!membership) return undefined;
    memberships.delete(memberId);
    current.assignment.delete(memberId);
    for (const [name, owner] of current.owners) if (owner === memberId) current.owners.delete(name);
    membership.left.resolve();
    membership.joined.resolve();
    rebalances.request();
    return membership;
  };

  const expel = (memberId: string) => leave(memberId)?.member.expelled();

  const ownerOf = (partition: TopicPartition) => current.owners.get(partitionName(partition)) ?? null;

  return {
    join(member) {
      const joined = Promise.withResolvers<void>();
      memberships.set(member.memberId, { member, joined, left: Promise.withResolvers() });
      rebalances.request();
      return joined.promise;
    },
    leave: (memberId) => void leave(memberId),
    expel,
    has: (memberId) => memberships.has(memberId),
    rebalance: rebalances.request,
    commit(memberId, offsets) {
      for (const position of offsets) if (ownerOf(position) === memberId) commits.set(position);
    },
    committed: commits.get,
    forgetTopic: commits.forgetTopic,
    ownerOf,
    sharedOut: () => current.counts,
    describe: () => ({
      generation: current.number,
      members: new Map([...memberships.keys()].map((memberId) => [memberId, current.assignment.get(memberId) ?? []])),
      announced: new Map([...memberships].map(([memberId, { member }]) => [memberId, member.announces])),
      gaps: current.gaps,
    }),
  };
}

function nextGeneration(
  { number }: Generation,
  members: readonly GroupMember[],
  partitionCounts: ReadonlyMap<string, number>,
): Generation {
  const { assignment, gaps } = assignLanes({ members, partitionCounts });
  const owned = [...assignment].flatMap(([memberId, partitions]) =>
    partitions.map((partition) => [partitionName(partition), memberId] as const),
  );
  return { number: number + 1, owners: new Map(owned), assignment: new Map(assignment), gaps, counts: partitionCounts };
}
