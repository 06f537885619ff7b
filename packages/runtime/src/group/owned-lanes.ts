import type { Hooks } from "../hooks.js";
import type { LaneGroup, StartPosition, TopicPartition } from "../ports/transport.js";
import type { LaneWorker, OwnedLane, StopReason, TakenLane } from "./lane-worker.js";

export interface OwnedLanesOptions {
  readonly groupId: string;
  readonly groups: readonly LaneGroup[];
  readonly hooks: Hooks;
  openLane(lane: TakenLane): Promise<OpenedLane>;
  /** Tells the group for the last time how far the lane is finished. */
  commit(lane: OwnedLane): Promise<void>;
}

/** A worker that may begin, and where each partition of its lane starts. */
export interface OpenedLane {
  readonly worker: LaneWorker;
  readonly starts: readonly StartPosition[];
}

/** The lanes that this member owns. */
export interface OwnedLanes {
  /** Opens the lanes that the partitions make up; resolves with where to start to fetch them. */
  open(partitions: readonly TopicPartition[]): Promise<StartPosition[]>;
  /** Gives back the lanes of the partitions: first their work ends, then the group is told how far it came. */
  revoke(partitions: readonly TopicPartition[], reason: StopReason): Promise<void>;
  of(partition: TopicPartition): OwnedLane | undefined;
  all(): Iterable<OwnedLane>;
  has(worker: LaneWorker): boolean;
}

/**
 * Invariant: `lanes` has each lane whose worker is open and that was not taken away, under its name, once. A lane that is
 * given back stays in it until it is committed; one that is lost leaves it first. A lane that comes again is another object.
 */
export function createOwnedLanes(options: OwnedLanesOptions): OwnedLanes {
  const groupOf = new Map(options.groups.flatMap((group) => group.topics.map((topic) => [topic, group] as const)));
  const lanes = new Map<string, OwnedLane>();

  const find = ({ topic, partition }: TopicPartition) => {
    const group = groupOf.get(topic);
    return group && lanes.get(nameOf(group, partition));
  };

  const revoke = async (lane: OwnedLane, reason: StopReason) => {
    const name = nameOf(lane.group, lane.lane);
    const isOurs = () => lanes.get(name) === lane;
    if (reason === "lost") lanes.delete(name);
    await lane.worker.stop(reason);
    if (reason !== "lost") {
      // Lost while its work ended, perhaps even taken again.
      if (!isOurs()) return;
      await options.commit(lane);
      if (!isOurs()) return;
      lanes.delete(name);
    }
    options.hooks.laneLost?.({ group: options.groupId, domain: lane.group.name, lane: lane.lane, reason });
  };

  return {
    async open(partitions) {
      const opened = await Promise.all(
        takenLanes(groupOf, partitions).map(async (lane) => {
          const { worker, starts } = await options.openLane(lane);
          for (const start of starts) worker.queue.open(start, start.offset);
          lanes.set(nameOf(lane.group, lane.lane), { ...lane, worker });
          return starts;
        }),
      );
      return opened.flat();
    },
    async revoke(partitions, reason) {
      const given = new Set(partitions.flatMap((partition) => find(partition) ?? []));
      await Promise.all([...given].map((lane) => revoke(lane, reason)));
    },
    of: find,
    all: () => lanes.values(),
    has: (worker) => [...lanes.values()].some((lane) => lane.worker === worker),
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
