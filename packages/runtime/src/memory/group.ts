import { isDeepStrictEqual } from "node:util";
import type { TopicPartition } from "../ports/transport.js";
import { createCommits } from "./commits.js";
import { createMemberships, type GroupMember, type Membership } from "./memberships.js";
import { createRebalances } from "./rebalances.js";
import { createShares, type Shares } from "./shares.js";

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
  /**
   * Resolves when a generation has the member: one with the instance id of another member takes its place in this one,
   * and that other one is fenced.
   */
  join(member: GroupMember): Promise<void>;
  /**
   * A member has stopped: it leaves at once; a static member only if it is asked to, else when its session ends, unless its
   * place is taken before that.
   */
  stopped(memberId: string, isAskedToLeave: boolean): void;
  /** Ends a member's session; it did not ask for that. */
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
  /** A static member that has stopped for longer leaves. */
  readonly sessionTimeoutMs: number;
}

/**
 * Invariant: only once every member's `revoked` has settled, or it is out of the group, does the next generation replace the
 * last.
 */
export function createGroup(options: GroupOptions): Group {
  const shares = createShares();
  const memberships = createMemberships(shares);
  const commits = createCommits();
  const hasGaps = () => shares.gaps().length > 0;

  /** Takes everything from a member; one that takes too long is expelled. */
  const revoke = async ({ member, left, away }: Membership) => {
    const timer = setTimeout(() => expel(member.memberId), options.rebalanceTimeoutMs);
    // One that has stopped has nothing to let go, and may be back.
    await Promise.race(away ? [left.promise] : [member.revoke(), left.promise]);
    clearTimeout(timer);
  };

  const give = ({ member, joined }: Membership, tellGaps: boolean) => {
    joined.resolve();
    member.assign(shares.of(member.memberId), shares.generation());
    if (tellGaps) member.unread(shares.gaps());
  };

  const assign = () => {
    const [all, hadGaps] = [memberships.all(), hasGaps()];
    shares.shareOut(
      all.map(({ member }) => member),
      options.partitionCounts(),
    );
    for (const membership of all) give(membership, hadGaps || hasGaps());
  };

  const rebalances = createRebalances(() => Promise.all(memberships.all().map(revoke)), assign);

  const leave = (memberId: string): Membership | undefined => {
    const membership = memberships.remove(memberId);
    if (membership) rebalances.request();
    return membership;
  };

  const expel = (memberId: string) => leave(memberId)?.member.expelled();

  const takePlace = (holder: Membership, member: GroupMember): Membership => {
    const membership = memberships.replace(holder, member);
    if (rebalances.isUnderWay()) return membership;
    give(membership, hasGaps());
    // The place was made for what the other one read.
    if (!isDeepStrictEqual(holder.member.groups, member.groups)) rebalances.request();
    return membership;
  };

  const enter = (member: GroupMember): Membership => {
    const membership = memberships.add(member);
    rebalances.request();
    return membership;
  };

  return {
    async join(member) {
      const holder = memberships.holderOf(member.instanceId);
      // One that had a place before has lost it to a newer one.
      if (holder && (member.version ?? 0) > 0) return member.fenced();
      const { joined } = holder ? takePlace(holder, member) : enter(member);
      await joined.promise;
    },
    stopped(memberId, isAskedToLeave) {
      const membership = memberships.get(memberId);
      if (isAskedToLeave || membership?.member.instanceId === undefined) leave(memberId);
      else membership.away ??= setTimeout(leave, options.sessionTimeoutMs, memberId).unref();
    },
    expel,
    has: (memberId) => memberships.get(memberId) !== undefined,
    rebalance: rebalances.request,
    commit(memberId, offsets) {
      for (const position of offsets) if (shares.ownerOf(position) === memberId) commits.set(position);
    },
    committed: commits.get,
    forgetTopic: commits.forgetTopic,
    ownerOf: shares.ownerOf,
    sharedOut: shares.counts,
    describe: () => description(memberships.all(), shares),
  };
}

function description(memberships: readonly Membership[], shares: Shares): GroupDescription {
  const members = memberships.map(({ member }) => member);
  return {
    generation: shares.generation(),
    members: new Map(members.map(({ memberId }) => [memberId, shares.of(memberId)])),
    announced: new Map(members.map(({ memberId, announces }) => [memberId, announces])),
    gaps: shares.gaps(),
  };
}
