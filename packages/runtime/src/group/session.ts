import { KeylineError } from "../errors.js";
import type { TopicPartition, TransportConsumer } from "../ports/transport.js";
import { createTopology } from "../topology.js";
import { caughtUp } from "./caught-up.js";
import { checkTopics } from "./check-topics.js";
import { laneGroups } from "./lane-groups.js";
import type { OwnedLane } from "./lane-worker.js";
import { createMemberLanes, type LanesOptions } from "./member-lanes.js";

/** A member of a group with its lanes: the part that plain consumers and projections share. */
export interface Session {
  start(): Promise<void>;
  /** Leaves the group. What is under way is waited for, for so long at most; without a time to its end. */
  close(timeoutMs?: number): Promise<void>;
  /** Settles when the session ends: rejects with what ended it, unless it was closed. */
  readonly ended: Promise<void>;
  /** Resolves when everything that lies in the owned lanes' logs at the call is finished. */
  caughtUp(options?: { readonly signal?: AbortSignal }): Promise<void>;
  lanes(): Iterable<OwnedLane>;
}

const tickEveryMs = 50;

/**
 * Invariant: `membership` is null until `start` knows the cluster and its topics, and never changes after that. `closing` is
 * set once, by `close` or by what ended the session; from then on the timer is off. `ended` settles once: rejected by the
 * first failure, else resolved when the member has left the group.
 */
export function createSession(options: LanesOptions): Session {
  const { transport, groupId, hooks } = options;
  const groups = laneGroups(options.topics);
  const topology = createTopology(transport);
  const ending = Promise.withResolvers<void>();
  ending.promise.catch(() => undefined);
  let membership: Membership | null = null;
  const late = new AbortController();
  let closing: Promise<void> | null = null;

  const joined = (): Membership => {
    if (!membership) throw new KeylineError("closed", "the consumer is not started");
    return membership;
  };

  const fail = (caught: unknown) => {
    ending.reject(KeylineError.from(caught, "transport_unavailable", "the consumer stopped"));
    void close().catch(() => undefined);
  };

  const close = (timeoutMs?: number): Promise<void> => {
    closing ??= (async () => {
      if (membership) clearInterval(membership.timer);
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => late.abort(), timeoutMs);
      try {
        await membership?.consumer.stop();
      } finally {
        clearTimeout(timer);
      }
      ending.resolve();
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

  return {
    ended: ending.promise,
    lanes: lanes.owned.all,
    async start() {
      const clusterId = await transport.clusterId();
      await checkTopics(topology, groupId, options.topics);
      if (closing) throw new KeylineError("closed", "the consumer was closed before it had started");
      const unread = (partitions: readonly TopicPartition[]) => hooks.unread?.({ group: groupId, partitions });
      const events = { ...lanes.events, failed: fail, unread };
      const consumer = transport.createConsumer({ groupId, groups, events });
      membership = { clusterId, consumer, timer: setInterval(lanes.tick, tickEveryMs) };
      await consumer.start();
      // A consumer is at work once it has started: the first assignment is handed over in the same turn.
      await new Promise((resolve) => setImmediate(resolve));
      await lanes.settled();
    },
    close,
    caughtUp({ signal } = {}) {
      const workers = [...lanes.owned.all()].map(({ worker }) => worker);
      return caughtUp(transport, workers, lanes.owned.has, () => {
        signal?.throwIfAborted();
        if (closing) throw new KeylineError("closed", "the consumer was closed before it had caught up");
      });
    },
  };
}

/** This member's place in the group. */
interface Membership {
  readonly clusterId: string;
  readonly consumer: TransportConsumer;
  readonly timer: NodeJS.Timeout;
}
