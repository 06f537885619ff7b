import { type CountWatch, countError, createCountWatch } from "../count-watch.js";
import { KeylineError } from "../errors.js";
import type { ReadTopic } from "../lane/arrival.js";
import type { LaneGroup, TopicPartition, TransportConsumer } from "../ports/transport.js";
import { createTopology, type Topology } from "../topology.js";
import { untilAssigned, untilFinished, untilSharedOut } from "./caught-up.js";
import { checkTopics, findMismatches } from "./check-topics.js";
import { createEnding } from "./ending.js";
import { laneGroups } from "./lane-groups.js";
import type { WaitingLane } from "./lane-openings.js";
import type { LaneWorker, MemberLane } from "./lane-worker.js";
import { createMemberLanes, type LanesOptions, type MemberLanes } from "./member-lanes.js";
import type { CloseOptions } from "./types.js";

/** A member of a group with its lanes: the part that plain consumers and projections share. */
export interface Session {
  start(): Promise<void>;
  /** Throws what ended the session, unless it was closed. */
  check(): void;
  /**
   * Leaves the group, a static member only with `leave`. What is under way is waited for, for so long at most; without a
   * time to its end.
   */
  close(options?: CloseOptions): Promise<void>;
  /** Settles when the session ends: rejects with what ended it, unless it was closed. */
  readonly ended: Promise<void>;
  /**
   * Resolves when everything that lies in the owned lanes' logs at the call is finished; in a rebalance it waits for the
   * next lanes, and for the logs of these. Where topics have grown it waits for the group to share out the new partitions
   * first; rejects with `partition_count` where some of a topic are not read.
   */
  caughtUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
  lanes(): Iterable<MemberLane>;
  /** @see OwnedLanes.waiting */
  waiting(): readonly WaitingLane[];
  /** @see OwnedLanes.isMember */
  isMember(): boolean;
}

export interface SessionOptions extends LanesOptions {
  /** @see TransportConsumerOptions.instanceId */
  readonly instanceId: string | undefined;
}

const tickEveryMs = 50;
/** What this version announces to tools: it passes over a dead letter that was sent again for another group. */
const announces = ["redelivery"];

/**
 * Invariant: `membership` is null until `start` knows the cluster and its topics, and never changes after that. `closing` is
 * set once, by `close` or by what ended the session; from then on the timer is off.
 */
export function createSession(options: SessionOptions): Session {
  const { transport, groupId, instanceId, hooks } = options;
  const groups = laneGroups(options.topics);
  const topology = createTopology(
    transport,
    options.topics.map(({ topic }) => topic),
  );
  const counts = createCountWatch({
    ...{ nowMs: options.nowMs, hooks, everyMs: transport.metadataIntervalMs },
    find: () => findMismatches(topology, options.topics),
  });
  const { ended, check, failed, closed } = createEnding();
  let membership: Membership | null = null;
  const late = new AbortController();
  let closing: Promise<void> | null = null;

  const joined = (): Membership => {
    if (!membership) throw new KeylineError("closed", "the consumer is not started");
    return membership;
  };

  const fail = (caught: unknown) => {
    failed(caught);
    void close().catch(() => undefined);
  };

  const close = ({ timeoutMs, leave = false }: CloseOptions = {}): Promise<void> => {
    closing ??= (async () => {
      if (membership) clearInterval(membership.timer);
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => late.abort(), timeoutMs);
      try {
        await membership?.consumer.stop({ leave });
      } finally {
        clearTimeout(timer);
      }
      closed();
    })();
    return closing;
  };

  const lanes = createMemberLanes(options, {
    groups,
    topology,
    clusterId: () => joined().clusterId,
    consumer: () => joined().consumer,
    late: late.signal,
    fail,
  });

  const checkAtWork = () => {
    check();
    if (closing) throw new KeylineError("closed", "the consumer was closed");
  };

  /** What ended the session comes before whatever else went wrong by it. */
  const whileAtWork = async (work: () => Promise<void>) => {
    checkAtWork();
    try {
      await work();
    } finally {
      checkAtWork();
    }
  };

  const start = async () => {
    const clusterId = await transport.clusterId();
    await checkTopics(topology, groupId, options.topics);
    checkAtWork();
    const unread = (partitions: readonly TopicPartition[]) => hooks.unread?.({ group: groupId, partitions });
    const events = { ...lanes.events, failed: fail, unread };
    const subscribed = { groups: limited(groups, options.topics, topology), announces };
    const consumer = transport.createConsumer({ groupId, instanceId, ...subscribed, events });
    const tick = () => {
      lanes.tick();
      counts.tick();
    };
    membership = { clusterId, consumer, timer: setInterval(tick, tickEveryMs) };
    await consumer.start();
    // A consumer is at work once it has started: the first assignment is handed over in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
    await lanes.settled();
  };

  const caughtUp = (signal: AbortSignal | undefined) =>
    catchUp(options, { topology, counts, lanes, consumer: joined().consumer }, () => {
      signal?.throwIfAborted();
      checkAtWork();
    });

  return {
    ended,
    check,
    lanes: lanes.owned.all,
    waiting: lanes.owned.waiting,
    isMember: lanes.owned.isMember,
    start: () => whileAtWork(start),
    close,
    caughtUp: ({ signal } = {}) => whileAtWork(() => caughtUp(signal)),
  };
}

/** What a session uses to find out how far it has got. */
interface AtWork {
  readonly topology: Topology;
  readonly counts: CountWatch;
  readonly lanes: MemberLanes;
  readonly consumer: TransportConsumer;
}

/** @see Session.caughtUp. `check` is called while waiting, and may throw. */
async function catchUp(
  { transport, topics }: LanesOptions,
  { topology, counts, lanes, consumer }: AtWork,
  check: () => void,
): Promise<void> {
  const unread = (await counts.look()).find(({ topic }) => topics.some(({ address }) => address === topic));
  if (unread) throw countError(unread);
  const shared = new Map(topics.map(({ address }) => [address, topology.countOf(address)] as const));
  let workers: readonly LaneWorker[];
  do {
    await untilAssigned(lanes.owned.isAssigned, check);
    await untilSharedOut(shared, consumer, check);
    await lanes.settled();
    workers = [...lanes.owned.all()].map(({ worker }) => worker);
    await untilFinished(transport, workers, lanes.owned.has, check);
    // What a rebalance took away it may give back to this member, which has not read it to its end.
  } while (!workers.every(lanes.owned.has));
}

/** Keys are placed by the count that was checked: no more partitions than that are read, should a topic grow. */
function limited(groups: readonly LaneGroup[], topics: readonly ReadTopic[], topology: Topology): LaneGroup[] {
  const keyed = new Set(topics.flatMap(({ topic, address }) => (topic.domain ? [address] : [])));
  return groups.map((group) => {
    const [first] = group.topics.filter((address) => keyed.has(address));
    return first === undefined ? group : { ...group, partitions: topology.countOf(first) };
  });
}

/** This member's place in the group. */
interface Membership {
  readonly clusterId: string;
  readonly consumer: TransportConsumer;
  readonly timer: NodeJS.Timeout;
}
