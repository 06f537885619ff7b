import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "../errors.js";
import { finishedTo, type PartitionLog } from "../lane/partition-log.js";
import type { Transport, TransportConsumer } from "../ports/transport.js";
import type { LaneWorker } from "./lane-worker.js";
import { createOpenTransactions } from "./open-transactions.js";

const checkEveryMs = 5;

/** Resolves when the group has assigned lanes to this member, or none. `check` as {@link untilFinished} has it. */
export async function untilAssigned(isAssigned: () => boolean, check: () => void): Promise<void> {
  while (!isAssigned()) {
    check();
    await sleep(checkEveryMs);
  }
}

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

/** What a transaction that stays open holds back cannot be caught up with: after so long that is said. */
const openTransactionMs = 3000;
const lookEveryMs = 500;

/**
 * Resolves when everything is finished that lies in the workers' logs at the call, up to their high watermarks. Rejects with
 * `timed_out` where a transaction on one of them stays open. `owns` says whether a worker still has
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
  const watch = createBlockWatch(transport);
  while (workers.some(isBehind)) {
    check();
    await watch([...ends].flatMap(([log, end]) => (finishedTo(log) < end ? [log] : [])));
    await sleep(checkEveryMs);
  }
}

/**
 * Throws where a transaction stays open on one of the logs.
 * Invariant: the brokers are not asked before `nextMs`.
 */
function createBlockWatch(transport: Transport): (logs: readonly PartitionLog[]) => Promise<void> {
  const nowMs = () => performance.now();
  const transactions = createOpenTransactions(transport, nowMs);
  let nextMs = nowMs() + lookEveryMs;
  return async (logs) => {
    if (nowMs() < nextMs) return;
    const open = (await transactions.look(logs)).find(({ openMs }) => openMs >= openTransactionMs);
    nextMs = nowMs() + lookEveryMs;
    if (!open) return;
    throw new KeylineError(
      "timed_out",
      `cannot catch up with ${open.topic}/${open.partition}: a transaction is open at ${open.offset} for ${Math.round(open.openMs)} ms; it ends with its producer, or by its transaction.timeout.ms: end it, or ask again`,
      { retryable: true },
    );
  };
}
