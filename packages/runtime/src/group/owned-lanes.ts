import type { GroupHooks } from "../hooks.js";
import type { LaneGroup, StartPosition, TopicPartition } from "../ports/transport.js";
import { createLaneOpenings, type OpenLane, type WaitingLane } from "./lane-openings.js";
import type { LaneWorker, MemberLane, StopReason, TakenLane } from "./lane-worker.js";

export interface OwnedLanesOptions {
  readonly groupId: string;
  readonly groups: readonly LaneGroup[];
  readonly hooks: GroupHooks;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** For how long the group keeps the place of a member that is silent. */
  readonly sessionTimeoutMs: number;
  readonly openLane: OpenLane;
  /** Tells the group for the last time how far the lane is finished. */
  commit(lane: MemberLane): Promise<void>;
}

/** The lanes that this member owns. */
export interface OwnedLanes {
  /**
   * Opens the lanes that the partitions make up; resolves with where to start to fetch them. Rejects when one cannot be
   * opened, once the others are open and stopped again. The signal says that the partitions are taken away: then lanes
   * that are not open yet are left out.
   */
  open(partitions: readonly TopicPartition[], signal: AbortSignal): Promise<StartPosition[]>;
  /** Revokes the lanes of the partitions: first their work ends, then the group learns how far it came, unless they are lost. */
  revoke(partitions: readonly TopicPartition[], reason: StopReason): Promise<void>;
  of(partition: TopicPartition): MemberLane | undefined;
  all(): Iterable<MemberLane>;
  has(worker: LaneWorker): boolean;
  /** @see LaneOpenings.waiting */
  waiting(): readonly WaitingLane[];
  /**
   * Whether this member has a share of the group's lanes, perhaps an empty one: not from its loss until the next one, and in a
   * rebalance only for as long as the group keeps the place of a silent member.
   */
  isMember(): boolean;
  /** Whether nothing was revoked since the group assigned lanes, or none, to this member. */
  isAssigned(): boolean;
}

/**
 * Invariant: `lanes` has the lanes of the last assignment that are not revoked, each once, and none before each of that
 * assignment is open, or given up as it was taken away. A lane that is revoked stays until it is committed; one that is
 * lost leaves first. A lane that comes again is another object. The place in
 * the group counts until `placeUntilMs`: without end from an assignment on, for a session from the start of a rebalance on.
 */
export function createOwnedLanes(options: OwnedLanesOptions): OwnedLanes {
  const groupOf = new Map(options.groups.flatMap((group) => group.topics.map((topic) => [topic, group] as const)));
  const lanes = new Map<string, MemberLane>();
  const openings = createLaneOpenings(options.openLane);
  let placeUntilMs = Number.NEGATIVE_INFINITY;

  const find = ({ topic, partition }: TopicPartition) => {
    const group = groupOf.get(topic);
    return group && lanes.get(nameOf(group, partition));
  };

  const open = async (lane: TakenLane, signal: AbortSignal) => {
    const { worker, starts } = await openings.open(lane, signal);
    for (const start of starts) worker.queue.open(start, start.offset);
    return { owned: { ...lane, worker }, starts };
  };

  const lost = ({ group, lane }: MemberLane, reason: StopReason) =>
    options.hooks.laneLost?.({ group: options.groupId, domain: group.name, lane, reason });

  const revoke = async (lane: MemberLane, reason: StopReason) => {
    const name = nameOf(lane.group, lane.lane);
    const isOurs = () => lanes.get(name) === lane;
    if (reason === "lost") lanes.delete(name);
    await lane.worker.stop(reason);
    if (reason !== "lost") {
      // Lost while its work ended, perhaps even taken again.
      if (isOurs()) await options.commit(lane);
      if (!isOurs()) return;
      lanes.delete(name);
    }
    lost(lane, reason);
  };

  return {
    async open(partitions, signal) {
      const opening = new AbortController();
      const unwanted = AbortSignal.any([opening.signal, signal]);
      const results = await Promise.allSettled(
        takenLanes(groupOf, partitions).map((lane) =>
          open(lane, unwanted).catch((caught: unknown) => {
            opening.abort(caught);
            throw caught;
          }),
        ),
      );
      const opened = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      // Why a lane that is taken away was not opened is its next owner's business.
      if (opening.signal.aborted && !signal.aborted) {
        await Promise.allSettled(opened.map(({ owned }) => owned.worker.stop("closed")));
        for (const { owned } of opened) lost(owned, "closed");
        throw opening.signal.reason;
      }
      for (const { owned } of opened) lanes.set(nameOf(owned.group, owned.lane), owned);
      placeUntilMs = Number.POSITIVE_INFINITY;
      return opened.flatMap(({ starts }) => starts);
    },
    async revoke(partitions, reason) {
      placeUntilMs = reason === "lost" ? Number.NEGATIVE_INFINITY : options.nowMs() + options.sessionTimeoutMs;
      const given = new Set(partitions.flatMap((partition) => find(partition) ?? []));
      await Promise.all([...given].map((lane) => revoke(lane, reason)));
    },
    of: find,
    all: () => lanes.values(),
    isMember: () => options.nowMs() < placeUntilMs,
    isAssigned: () => placeUntilMs === Number.POSITIVE_INFINITY,
    has: (worker) => [...lanes.values()].some((lane) => lane.worker === worker),
    waiting: openings.waiting,
  };
}

const nameOf = (group: LaneGroup, lane: number) => `${group.name}/${lane}`;

/** Partitions of one number of a group's topics are one lane. */
function takenLanes(groupOf: ReadonlyMap<string, LaneGroup>, partitions: readonly TopicPartition[]): TakenLane[] {
  const taken = new Map<string, { group: LaneGroup; lane: number; partitions: TopicPartition[] }>();
  for (const partition of partitions) {
    const group = groupOf.get(partition.topic);
    if (!group) continue;
    const name = nameOf(group, partition.partition);
    const lane = taken.get(name) ?? { group, lane: partition.partition, partitions: [] };
    lane.partitions.push(partition);
    taken.set(name, lane);
  }
  return [...taken.values()];
}
