import { setTimeout as sleep } from "node:timers/promises";
import { finishedTo } from "../lane/partition-log.js";
import type { Transport, TransportConsumer } from "../ports/transport.js";
import type { LaneWorker } from "./lane-worker.js";

const checkEveryMs = 5;

/** Resolves when the group has shared out as many partitions of each topic as it has. `check` as {@link untilFinished} has it. */
export async function untilSharedOut(
  counts: ReadonlyMap<string, number>,
  consumer: TransportConsumer,
  check: () => void,
): Promise<void> {
  const isBehind = ([topic, count]: readonly [string, number]) => (consumer.sharedOut().get(topic) ?? count) < count;
  while ([...counts].some(isBehind)) {
    check();
    await sleep(checkEveryMs);
  }
  // What was shared out is handed over in the same turn.
  await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Resolves when everything is finished that lies in the workers' logs at the call. `owns` says whether a worker still has
 * its lane: a lane that was revoked is left to its next owner. `check` is called while waiting, and may throw.
 */
export async function untilFinished(
  transport: Transport,
  workers: readonly LaneWorker[],
  owns: (worker: LaneWorker) => boolean,
  check: () => void,
): Promise<void> {
  const logs = workers.map((worker) => [...worker.queue.logs()]);
  const ranges = await transport.logRanges(logs.flat());
  const ends = new Map(logs.flat().map((log, index) => [log, ranges[index]?.end ?? 0]));
  const isBehind = (worker: LaneWorker, index: number) =>
    owns(worker) && (logs[index]?.some((log) => finishedTo(log) < (ends.get(log) ?? 0)) || worker.pending?.() === true);
  while (workers.some(isBehind)) {
    check();
    await sleep(checkEveryMs);
  }
}
