import { finishedTo, type PartitionLog } from "../lane/partition-log.js";
import type { TransportConsumer } from "../ports/transport.js";
import type { MemberLane } from "./lane-worker.js";

export interface CommitsOptions {
  readonly consumer: () => TransportConsumer;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly intervalMs: number;
}

/**
 * Tells the group how far each partition is finished. A commit is a hint: without it the lane's next owner handles again
 * what was finished last.
 */
export interface Commits {
  /** Commits what is finished of the lanes and was not reported yet. */
  commit(lanes: Iterable<MemberLane>): Promise<void>;
  /** The same, if the interval has passed since the last time. A commit that fails is repeated after the next interval. */
  tick(lanes: Iterable<MemberLane>): Promise<void>;
}

/**
 * Invariant: `told` has the offset of each log whose commit was made, and only then: a commit that is under way may be
 * dropped, as the lane is not this member's any more. A log belongs to one ownership of a lane, so what was reported of it
 * goes with the lane.
 */
export function createCommits({ consumer, nowMs, intervalMs }: CommitsOptions): Commits {
  const told = new WeakMap<PartitionLog, number>();
  let lastMs = nowMs();
  let isUnderWay = false;

  const commit = async (lanes: Iterable<MemberLane>) => {
    const news = [...lanes]
      .flatMap(({ worker }) => [...worker.queue.logs()])
      .map((log) => ({ log, topic: log.topic, partition: log.partition, offset: finishedTo(log) }))
      .filter(({ log, offset }) => told.get(log) !== offset);
    if (news.length === 0) return;
    await consumer().commit(news.map(({ topic, partition, offset }) => ({ topic, partition, offset })));
    for (const { log, offset } of news) told.set(log, offset);
  };

  return {
    commit,
    async tick(lanes) {
      if (isUnderWay || nowMs() - lastMs < intervalMs) return;
      lastMs = nowMs();
      isUnderWay = true;
      try {
        await commit(lanes);
      } finally {
        isUnderWay = false;
      }
    },
  };
}
