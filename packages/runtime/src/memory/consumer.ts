import { KeylineError } from "../errors.js";
import type { LaneMember } from "../group/assign-lanes.js";
import { lanesOf } from "../group/lanes-of.js";
import { type Assignments, createAssignments } from "../ports/assignments.js";
import type {
  RevocationReason,
  TopicPartition,
  TransportConsumer,
  TransportConsumerOptions,
} from "../ports/transport.js";
import { createFetcher, type Fetcher, type FetcherOptions } from "./fetcher.js";
import type { Group } from "./group.js";
import type { GroupMember } from "./memberships.js";
import type { Network } from "./network.js";
import { createStall, type Stall } from "./stall.js";

export interface MemoryConsumerOptions extends TransportConsumerOptions {
  readonly memberId: string;
  readonly clusterId: string;
  readonly group: Group;
  readonly network: Network;
  readonly fetching: Omit<FetcherOptions, "batch" | "failed">;
  /** A member that stalls for longer is expelled. */
  readonly sessionTimeoutMs: number;
  /** How long `stop` waits for the last `revoked`. */
  readonly rebalanceTimeoutMs: number;
}

/** A member of a group that can be made to stall, as a process that stops for a while does. */
export interface MemoryConsumer extends TransportConsumer {
  readonly memberId: string;
  /** No fetch and no heartbeat from now on; the session ends after `expireAfterMs`. */
  stall(expireAfterMs?: number): void;
  wake(): void;
  /** Looks again whether there is something to fetch. */
  refetch(): void;
}

/**
 * A member of a group on the memory cluster.
 *
 * Invariant: a member that has ended is out of its group, fetches nothing and does not stall; one ends once, and for good.
 */
export function createMemoryConsumer(options: MemoryConsumerOptions): MemoryConsumer {
  const { group, events, memberId } = options;
  const ending = new AbortController();
  const stall = createStall();
  let keepAlive: NodeJS.Timeout | null = null;
  let stopping: Promise<void> | null = null;

  const fail = (error: unknown) => {
    if (ending.signal.aborted) return;
    end();
    void assignments.revoke("lost");
    events.failed(error);
  };

  const fetcher = createFetcher({
    ...options.fetching,
    maxBytesPerPartition: options.maxBytesPerPartition ?? options.fetching.maxBytesPerPartition,
    batch: (batch) => events.batch(batch),
    failed: fail,
  });
  const assignments = createAssignments({ events, failed: fail, awake: stall.awake });
  const member = createMember(options, { assignments, fetcher, stall, ended: ending.signal, fail });

  const wake = () => {
    if (!stall.isStalled()) return;
    stall.wake();
    fetcher.stall(false);
  };

  const end = (isAskedToLeave = false) => {
    ending.abort();
    fetcher.clear();
    group.stopped(memberId, isAskedToLeave);
    if (keepAlive) clearInterval(keepAlive);
    wake();
  };

  const stop = async (isAskedToLeave: boolean) => {
    fetcher.clear();
    wake();
    await revokeLast(assignments, options.rebalanceTimeoutMs, () => end(isAskedToLeave));
    end(isAskedToLeave);
  };

  return {
    memberId,
    async start() {
      if (keepAlive || ending.signal.aborted) return;
      keepAlive = setInterval(() => undefined, 2 ** 30);
      await group.join(member);
    },
    pause: fetcher.pause,
    resume: fetcher.resume,
    committed: (partitions) => options.network.call(() => partitions.map((partition) => group.committed(partition))),
    commit: (offsets) => options.network.call(() => group.commit(memberId, offsets)),
    sharedOut: group.sharedOut,
    topicId: topicIdsOf(options),
    stop({ leave = false } = {}) {
      stopping ??= stop(leave);
      return stopping;
    },
    stall(expireAfterMs = options.sessionTimeoutMs) {
      if (ending.signal.aborted) return;
      stall.begin(expireAfterMs, () => group.expel(memberId));
      fetcher.stall(true);
    },
    wake,
    refetch: fetcher.wake,
  };
}

/** What the logs are known by that it reads; others once a topic was recreated. */
function topicIdsOf({ groups, clusterId, fetching }: MemoryConsumerOptions): TransportConsumer["topicId"] {
  const topics = groups.flatMap((group) => group.topics);
  const idOf = (topic: string) => `${clusterId}/${topic}/${fetching.log({ topic, partition: 0 }).resets()}`;
  const ids = new Map(topics.map((topic) => [topic, idOf(topic)]));
  return (topic) => ids.get(topic) ?? null;
}

/** Waits for the last `revoked`; `tooLate` is called before it is lost. */
async function revokeLast(assignments: Assignments, timeoutMs: number, tooLate: () => void): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, timeoutMs);
  await assignments.revoke("closed", timeout.promise.then(tooLate));
  clearTimeout(timer);
}

/** What a member does with what its group's coordinator says. */
interface MemberParts {
  readonly assignments: Assignments;
  readonly fetcher: Fetcher;
  readonly stall: Stall;
  /** Aborted once the member has ended. */
  readonly ended: AbortSignal;
  readonly fail: (error: unknown) => void;
}

/** Invariant: `previous` are the lanes that the generation `version` gave to the member, the last one that had it. */
function createMember(
  { group, groupId, groups, memberId, instanceId, events, announces = [] }: MemoryConsumerOptions,
  { assignments, fetcher, stall, ended, fail }: MemberParts,
): GroupMember {
  let previous: LaneMember["previous"] = [];
  let version = 0;

  const revoke = (reason: RevocationReason) => {
    fetcher.clear();
    return assignments.revoke(reason);
  };

  const tellUnread = async (partitions: readonly TopicPartition[]) => {
    await stall.awake();
    events.unread?.(partitions);
  };

  /** Once it is awake: a process that stands still would keep lanes that no member works on. */
  const rejoin = async () => {
    await stall.awake();
    if (!ended.aborted) await group.join(member);
  };

  const member: GroupMember = {
    memberId,
    instanceId,
    groups,
    announces,
    get previous() {
      return previous;
    },
    get version() {
      return version;
    },
    revoke: () => revoke("rebalance"),
    assign(partitions, generation) {
      version = generation;
      previous = lanesOf(groups, partitions);
      assignments.assign(partitions, fetcher.start);
    },
    unread(partitions) {
      // In a later turn: what the generation gave to the member is reported first.
      setImmediate(() => void tellUnread(partitions).catch(fail));
    },
    expelled() {
      void revoke("lost").then(rejoin);
    },
    fenced() {
      void revoke("lost").then(async () => {
        await stall.awake();
        fail(
          new KeylineError(
            "instance_fenced",
            `another member joined the group ${groupId} with the instanceId ${instanceId}: give each copy an id of its own`,
          ),
        );
      });
    },
  };
  return member;
}
