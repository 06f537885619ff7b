import type { LaneMember } from "../group/assign-lanes.js";
import type { TopicPartition } from "../ports/transport.js";
import type { Shares } from "./shares.js";

/** A member as its group's coordinator sees it. */
export interface GroupMember extends LaneMember {
  /** @see TransportConsumerOptions.instanceId */
  readonly instanceId: string | undefined;
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
  /** A newer member has its instance id: it is out of the group for good. */
  fenced(): void;
}

/** A member of a group, from its join on. */
export interface Membership {
  readonly member: GroupMember;
  /** Settles when a generation has the member, or it is out of the group. */
  readonly joined: PromiseWithResolvers<void>;
  /** Settles when the member is out of the group. */
  readonly left: PromiseWithResolvers<void>;
  /** Ends the session of a static member that has stopped; null while it runs. */
  away: NodeJS.Timeout | null;
}

/** The members of a group. */
export interface Memberships {
  all(): readonly Membership[];
  get(memberId: string): Membership | undefined;
  /** The member that has an instance id. */
  holderOf(instanceId: string | undefined): Membership | undefined;
  add(member: GroupMember): Membership;
  /** Takes a member out of the group; it owns nothing from then on. */
  remove(memberId: string): Membership | undefined;
  /** Puts a member in the place of another one, which is fenced if it still runs. */
  replace(holder: Membership, member: GroupMember): Membership;
}

/** Invariant: an instance id is of one member at most. What a member has owned when it goes is released, or its successor's. */
export function createMemberships(shares: Shares): Memberships {
  const memberships = new Map<string, Membership>();

  const add = (member: GroupMember): Membership => {
    const [joined, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const membership = { member, joined, left, away: null };
    memberships.set(member.memberId, membership);
    return membership;
  };

  const drop = ({ member, joined, left, away }: Membership) => {
    memberships.delete(member.memberId);
    if (away) clearTimeout(away);
    left.resolve();
    joined.resolve();
  };

  return {
    all: () => [...memberships.values()],
    get: (memberId) => memberships.get(memberId),
    holderOf: (instanceId) =>
      instanceId === undefined
        ? undefined
        : [...memberships.values()].find(({ member }) => member.instanceId === instanceId),
    add,
    remove(memberId) {
      const membership = memberships.get(memberId);
      if (membership) drop(membership);
      shares.release(memberId);
      return membership;
    },
    replace(holder, member) {
      shares.handOver(holder.member.memberId, member.memberId);
      drop(holder);
      if (!holder.away) holder.member.fenced();
      return add(member);
    },
  };
}
