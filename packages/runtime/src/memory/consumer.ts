import type { LaneMember } from "../group/assign-lanes.js";
import type { TopicPartition, TransportConsumer, TransportConsumerOptions } from "../ports/transport.js";
import { createFetcher, type FetcherOptions } from "./fetcher.js";
import type { Group, GroupMember } from "./group.js";
import type { Network } from "./network.js";

export interface MemoryConsumerOptions extends TransportConsumerOptions {
  readonly memberId: string;
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

/** @see MemoryConsumer */
export function createMemoryConsumer(options: MemoryConsumerOptions): MemoryConsumer {
  const { group, groups, events, memberId } = options;
  /** Every callback runs after the one before it. */
  let turns: Promise<void> = Promise.resolve();
  /** What `assigned` was told and `revoked` was not. */
  let holding: readonly TopicPartition[] = [];
  /** What a `revoked` that is under way was told. */
  let releasing: readonly TopicPartition[] = [];
  let previous: LaneMember["previous"] = [];
  let generation = 0;
  /** Stands for what was assigned last; null as soon as it is to be let go. */
  let tenure: object | null = null;
  let started = false;
  let ended = false;
  let stalled: { readonly timer: NodeJS.Timeout; readonly awake: Promise<void>; readonly wake: () => void } | null =
    null;
  let stopping: Promise<void> | null = null;
  let keepAlive: NodeJS.Timeout | null = null;

  const fail = (error: unknown) => {
    if (ended) return;
    end();
    void turn(() => revoke("lost"));
    events.failed(error);
  };

  const fetcher = createFetcher({
    ...options.fetching,
    maxBytesPerPartition: options.maxBytesPerPartition ?? options.fetching.maxBytesPerPartition,
    batch: (batch) => events.batch(batch),
    failed: fail,
  });

  const turn = (run: () => Promise<void>): Promise<void> => {
    turns = turns
      .then(() => stalled?.awake)
      .then(run)
      .catch(fail);
    return turns;
  };

  const revoke = async (reason: "rebalance" | "closed" | "lost") => {
    releasing = holding;
    holding = [];
    if (releasing.length > 0) await events.revoked(releasing, reason);
    releasing = [];
  };

  /** Whoever still lets go is not waited for any more, and has to know. */
  const loseReleasing = () => {
    const lost = releasing;
    releasing = [];
    if (lost.length > 0) events.revoked(lost, "lost").catch(fail);
  };

  /** Nothing that was assigned is fetched from now on. */
  const letGo = () => {
    tenure = null;
    fetcher.clear();
  };

  const end = () => {
    ended = true;
    letGo();
    group.leave(memberId);
    if (keepAlive) clearInterval(keepAlive);
    wake();
  };

  const wake = () => {
    if (!stalled) return;
    clearTimeout(stalled.timer);
    stalled.wake();
    stalled = null;
    fetcher.stall(false);
  };

  const lanesOf = (partitions: readonly TopicPartition[]): LaneMember["previous"] =>
    groups.flatMap(({ name, topics }) => {
      const lanes = new Set(partitions.filter(({ topic }) => topics.includes(topic)).map(({ partition }) => partition));
      return [...lanes].map((lane) => ({ group: name, lane }));
    });

  /** Lets go, but waits no longer than a rebalance would. */
  const stop = async () => {
    letGo();
    wake();
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, options.rebalanceTimeoutMs);
    await Promise.race([turn(() => revoke(group.has(memberId) ? "closed" : "lost")), timeout.promise]);
    clearTimeout(timer);
    if (!ended) end();
    loseReleasing();
  };

  const member: GroupMember = {
    memberId,
    groups,
    get previous() {
      return previous;
    },
    get version() {
      return generation;
    },
    revoke() {
      letGo();
      return turn(() => revoke(group.has(memberId) ? "rebalance" : "lost"));
    },
    assign(partitions, given) {
      generation = given;
      previous = lanesOf(partitions);
      if (partitions.length === 0) return;
      const mine = {};
      tenure = mine;
      void turn(async () => {
        if (tenure !== mine) return;
        holding = partitions;
        const positions = await events.assigned(partitions);
        if (tenure === mine) fetcher.start(positions);
      });
    },
    unread(partitions) {
      void turn(async () => events.unread?.(partitions));
    },
    expelled() {
      letGo();
      if (!stalled) loseReleasing();
      void turn(async () => {
        await revoke("lost");
        if (!ended) void group.join(member);
      });
    },
  };

  return {
    memberId,
    async start() {
      if (started || ended) return;
      started = true;
      keepAlive = setInterval(() => undefined, 2 ** 30);
      await group.join(member);
    },
    pause: (partitions) => fetcher.pause(partitions),
    resume: (partitions) => fetcher.resume(partitions),
    committed: (partitions) => options.network.call(() => partitions.map((partition) => group.committed(partition))),
    commit: (offsets) => options.network.call(() => group.commit(memberId, offsets)),
    stop() {
      stopping ??= stop();
      return stopping;
    },
    stall(expireAfterMs = options.sessionTimeoutMs) {
      if (stalled || ended) return;
      const awake = Promise.withResolvers<void>();
      const timer = setTimeout(() => group.expel(memberId), expireAfterMs);
      stalled = { timer, awake: awake.promise, wake: awake.resolve };
      fetcher.stall(true);
    },
    wake,
    refetch: () => fetcher.wake(),
  };
}
