import { KeylineError } from "../errors.js";
import type { GroupHooks } from "../hooks.js";
import type { ReadTopic } from "../lane/arrival.js";
import type { Tracing } from "../ports/tracing.js";
import type { LaneGroup, Transport, TransportConsumer, TransportConsumerEvents } from "../ports/transport.js";
import type { Topology } from "../topology.js";
import { createBackpressure } from "./backpressure.js";
import { createByteBudget } from "./byte-budget.js";
import { createCommits } from "./commits.js";
import { createHoldEnds } from "./hold-ends.js";
import { createIntake } from "./intake.js";
import type { LaneOpening } from "./lane-openings.js";
import type { SessionContext, TakenLane } from "./lane-worker.js";
import { createTransactionWatch } from "./open-transactions.js";
import { createOwnedLanes, type OwnedLanes } from "./owned-lanes.js";
import { tracedIntake } from "./traced-intake.js";

export interface LanesOptions {
  readonly transport: Transport;
  readonly groupId: string;
  readonly topics: readonly ReadTopic[];
  readonly hooks: GroupHooks;
  readonly tracing: Tracing | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly bufferRecords: number;
  readonly bufferBytes: number;
  readonly onWrongPartition: "process" | "dead-letter";
  readonly commitIntervalMs: number;
  /** Opens a lane: where each partition starts, and what works on it. */
  openLane(lane: TakenLane, session: SessionContext): LaneOpening;
}

/** The member that the lanes belong to: its cluster and its place in the group, known once it has started. */
export interface Member {
  readonly groups: readonly LaneGroup[];
  readonly topology: Topology;
  clusterId(): string;
  consumer(): TransportConsumer;
  /** Fires when closing has taken as long as it may. */
  readonly late: AbortSignal;
  /** Ends the member with an error. */
  fail(error: unknown): void;
}

/** What a member does for its lanes: opens them, hands them what is fetched, commits what is finished, revokes them. */
export interface MemberLanes {
  readonly owned: OwnedLanes;
  readonly events: Pick<TransportConsumerEvents, "assigned" | "revoked" | "batch">;
  /** What is to be done now and then: commits, back-offs that are over, ends of logs that held events wait for. */
  tick(): void;
  /** Resolves when the last assignment so far is settled. */
  settled(): Promise<unknown>;
}

/** Invariant: `assigning` settles with the last assignment that was handed over, and never rejects. */
export function createMemberLanes(options: LanesOptions, member: Member): MemberLanes {
  const { transport, groupId, hooks, nowMs } = options;
  const { groups, consumer, clusterId, late, fail } = member;
  const queues = () => [...owned.all()].map(({ worker }) => worker.queue);
  const budget = createByteBudget(options.bufferBytes, queues);
  const pressure = createBackpressure({ transport, consumer, bufferRecords: options.bufferRecords, budget });
  const ends = createHoldEnds({ transport, nowMs, pressure });
  const commits = createCommits({ consumer, nowMs, intervalMs: options.commitIntervalMs });
  const owned = createOwnedLanes({
    ...{ groupId, groups, hooks, nowMs, sessionTimeoutMs: transport.sessionTimeoutMs },
    openLane: (lane, signal) =>
      options.openLane(lane, { clusterId: clusterId(), consumer: consumer(), signal, late, fail }),
    commit: (lane) => commits.commit([lane]).catch(throwUnlessRetryable),
  });
  const transactions = createTransactionWatch({
    ...{ transport, nowMs },
    partitions: () => queues().flatMap((queue) => [...queue.logs()]),
    told: ({ topic, partition, offset, openMs }) =>
      hooks.transactionOpen?.({ group: groupId, topic, partition, offset, openMs }),
  });
  const takeIn = tracedIntake(options, createIntake({ ...options, ...member, pressure, budget }));
  let assigning: Promise<unknown> = Promise.resolve();

  return {
    owned,
    events: {
      assigned(partitions, signal) {
        const opening = owned.open(partitions, signal);
        // The transport stops the member for it, too, but later: a caller that waits for the lanes is notified at once.
        assigning = opening.catch(fail);
        return opening;
      },
      revoked: owned.revoke,
      batch(batch) {
        const lane = owned.of(batch);
        if (lane) takeIn(lane, batch);
      },
    },
    tick() {
      const workers = [...owned.all()].map(({ worker }) => worker);
      budget.measure();
      for (const worker of workers) {
        pressure.regulate(worker.queue);
        worker.wake();
      }
      // Apart from each other: a commit is not to wait for a part of the log that cannot be read for now.
      commits.tick(owned.all()).catch(throwUnlessRetryable).catch(fail);
      transactions.tick();
      ends.tick(workers).catch(throwUnlessRetryable).catch(fail);
    },
    settled: () => assigning,
  };
}

/**
 * What may be retried is left to a later tick, or to the lane's next owner. A topic that is gone is left to the transport: as
 * it fetches it finds out whether the topic comes back, stays away or is another one now.
 */
const throwUnlessRetryable = (caught: unknown) => {
  const { retryable, code } = KeylineError.from(caught, "transport_unavailable", "tick");
  if (!retryable && code !== "topic_unknown") throw caught;
};
