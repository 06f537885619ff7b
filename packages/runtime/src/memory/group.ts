import { assignLanes, type LaneMember } from "../group/assign-lanes.js";
import type { TopicPartition } from "../ports/transport.js";
import { partitionName } from "./partition-name.js";

/** A member as its group's coordinator sees it. */
export interface GroupMember extends LaneMember {
  /** Takes everything from the member; resolves when it has let go. */
  revoke(): Promise<void>;
  /** Gives partitions to the member. */
  assign(partitions: readonly TopicPartition[], generation: number): void;
  /** Says which partitions nobody reads. */
  unread(partitions: readonly TopicPartition[]): void;
  /** The group goes on without the member, which may join again. */
  expelled(): void;
}

/** What a group looks like now. */
export interface GroupDescription {
  readonly generation: number;
  /** The partitions of each member, by its id. */
  readonly members: ReadonlyMap<string, readonly TopicPartition[]>;
  /** Partitions that no member reads, though some member subscribes to their topic. */
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
  /** Takes everything from all members and assigns anew. */
  rebalance(): void;
  /** Records offsets of what the member owns; drops the others. */
  commit(memberId: string, offsets: readonly (TopicPartition & { readonly offset: number })[]): void;
  committed(partition: TopicPartition): number | null;
  /** Forgets the committed offsets of a topic that was made anew. */
  forgetTopic(topic: string): void;
  ownerOf(partition: TopicPartition): string | null;
  describe(): GroupDescription;
}

export interface GroupOptions {
  readonly partitionCounts: () => ReadonlyMap<string, number>;
  /** A member that has not let go after this time is expelled. */
  readonly rebalanceTimeoutMs: number;
}

interface Seat {
  readonly member: GroupMember;
  /** Resolves when the member is out of the group. */
  readonly gone: Promise<void>;
  readonly go: () => void;
  readonly joined: () => void;
  partitions: readonly TopicPartition[];
}

/** @see Group */
export function createGroup(options: GroupOptions): Group {
  const seats = new Map<string, Seat>();
  const owners = new Map<string, string>();
  const offsets = new Map<string, number>();
  let gaps: readonly TopicPartition[] = [];
  let generation = 0;
  let wanted = false;
  let running = false;

  /** Waits until the member has let go; one that does not in time is expelled. */
  const release = async (seat: Seat) => {
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      expel(seat.member.memberId);
      timeout.resolve();
    }, options.rebalanceTimeoutMs);
    await Promise.race([seat.member.revoke(), seat.gone, timeout.promise]);
    clearTimeout(timer);
  };

  const assign = () => {
    generation += 1;
    const members = [...seats.values()].map((seat) => seat.member);
    const result = assignLanes({ members, partitionCounts: options.partitionCounts() });
    const tellGaps = gaps.length > 0 || result.gaps.length > 0;
    gaps = result.gaps;
    owners.clear();
    for (const [memberId, partitions] of result.assignment) {
      for (const partition of partitions) owners.set(partitionName(partition), memberId);
      const seat = seats.get(memberId);
      if (seat) seat.partitions = partitions;
    }
    for (const seat of seats.values()) {
      seat.joined();
      seat.member.assign(seat.partitions, generation);
      if (tellGaps) seat.member.unread(gaps);
    }
  };

  const run = async () => {
    while (wanted) {
      wanted = false;
      await Promise.all([...seats.values()].map(release));
      if (!wanted) assign();
    }
    running = false;
  };

  /** In a later turn, so that members that come together are assigned together. */
  const rebalance = () => {
    wanted = true;
    if (running) return;
    running = true;
    setImmediate(() => void run());
  };

  const leave = (memberId: string): Seat | undefined => {
    const seat = seats.get(memberId);
    if (!seat) return undefined;
    seats.delete(memberId);
    for (const [name, owner] of owners) if (owner === memberId) owners.delete(name);
    seat.go();
    seat.joined();
    rebalance();
    return seat;
  };

  const expel = (memberId: string) => leave(memberId)?.member.expelled();

  return {
    join(member) {
      const gone = Promise.withResolvers<void>();
      const joined = Promise.withResolvers<void>();
      seats.set(member.memberId, {
        member,
        gone: gone.promise,
        go: gone.resolve,
        joined: joined.resolve,
        partitions: [],
      });
      rebalance();
      return joined.promise;
    },
    leave: (memberId) => void leave(memberId),
    expel,
    has: (memberId) => seats.has(memberId),
    rebalance,
    commit(memberId, committed) {
      for (const { topic, partition, offset } of committed) {
        const name = partitionName({ topic, partition });
        if (owners.get(name) === memberId) offsets.set(name, offset);
      }
    },
    committed: (partition) => offsets.get(partitionName(partition)) ?? null,
    forgetTopic(topic) {
      for (const name of offsets.keys()) if (name.slice(0, name.lastIndexOf("/")) === topic) offsets.delete(name);
    },
    ownerOf: (partition) => owners.get(partitionName(partition)) ?? null,
    describe: () => ({
      generation,
      members: new Map([...seats].map(([memberId, seat]) => [memberId, seat.partitions])),
      gaps,
    }),
  };
}
