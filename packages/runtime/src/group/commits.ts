import { finishedTo } from "../lane/partition-log.js";
import type { TransportConsumer } from "../ports/transport.js";
import type { OwnedLane } from "./lane-worker.js";

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
  /** Commits what is finished of the lanes and was not told yet. */
  commit(lanes: Iterable<OwnedLane>): Promise<void>;
  /** The same, where the interval has passed since the last time. One that fails is made again after the next interval. */
  tick(lanes: Iterable<OwnedLane>): Promise<void>;
}

/** @see Commits */
export function createCommits({ consumer, nowMs, intervalMs }: CommitsOptions): Commits {
  const told = new Map<string, number>();
  let lastMs = nowMs();
  let isUnderWay = false;

  const commit = async (lanes: Iterable<OwnedLane>) => {
    const offsets = [...lanes].flatMap(({ worker }) =>
      [...worker.queue.logs()].flatMap((log) => {
        const offset = finishedTo(log);
        const name = `${log.topic}/${log.partition}`;
        if (told.get(name) === offset) return [];
        told.set(name, offset);
        return [{ topic: log.topic, partition: log.partition, offset }];
      }),
    );
    if (offsets.length > 0) await consumer().commit(offsets);
  };

  return {
    commit,
    async tick(lanes) {
      if (isUnderWay || nowMs() - lastMs < intervalMs) return;
      lastMs = nowMs();
      isUnderWay = true;
      try {
        await commit(lanes);
      } catch (caught) {
        told.clear();
        throw caught;
      } finally {
        isUnderWay = false;
      }
    },
  };
}
