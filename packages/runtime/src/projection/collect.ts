import { applyWork, fireDue, fireOf } from "./apply-work.js";
import { type Batch, emptyBatch } from "./batch.js";
import { reachNumber } from "./believe.js";
import { type LaneParts, loadRows } from "./lane-parts.js";
import { rowKeyOf } from "./lane-rows.js";
import type { DueTimers } from "./lane-timers.js";
import type { Suspect } from "./narrowing.js";

const nothingDue: DueTimers = { keys: [], beforeMs: Number.NEGATIVE_INFINITY };

/** Applies what may run now, in memory: events whose rows are there, but for those that go apart, then timers. */
export async function collect(lane: LaneParts, signal: AbortSignal): Promise<Batch> {
  const { env, queue, rows } = lane;
  const due = env.wallClock ? lane.timers.due() : nothingDue;
  await loadRows(lane, () => wantedKeys(lane, due), signal);
  const batch = emptyBatch();
  const mayGo = (orderKey: string) => !lane.apart.has(orderKey) && rows.has(rowKeyOf(orderKey, lane.id.lane));
  while (!signal.aborted && !batch.alone && batch.entries.length < env.maxBatchEvents) {
    const work = queue.take(mayGo);
    if (!work) break;
    if (work.item.sequence) {
      await reachNumber(lane, rowKeyOf(work.orderKey, lane.id.lane), work.item, work.arrivedAtMs, signal);
    }
    if (applyWork(lane, batch, work) === "putBack") break;
  }
  if (!batch.alone) fireDue(lane, batch, due);
  return batch;
}

/**
 * Applies only these, in this order, as far as they still wait: rows are read again. If there are several, events whose key
 * goes apart by now are left for its turn.
 */
export async function collectAgain(lane: LaneParts, suspects: readonly Suspect[], signal: AbortSignal): Promise<Batch> {
  const { queue, rows } = lane;
  await loadRows(lane, () => suspects.map(({ key }) => key), signal);
  const batch = emptyBatch();
  for (const { key, orderKey, timersBeforeMs } of suspects) {
    if (signal.aborted || batch.alone) break;
    if (timersBeforeMs !== null) {
      fireOf(lane, batch, key, timersBeforeMs);
      continue;
    }
    if (suspects.length > 1 && lane.apart.has(orderKey)) continue;
    const work = queue.take((one) => one === orderKey && rows.has(key));
    if (work) await reachNumber(lane, key, work.item, work.arrivedAtMs, signal);
    if (work && applyWork(lane, batch, work) === "putBack") break;
  }
  return batch;
}

function* wantedKeys({ queue, apart, id }: LaneParts, due: DueTimers): Iterable<string> {
  for (const orderKey of queue.candidates()) if (!apart.has(orderKey)) yield rowKeyOf(orderKey, id.lane);
  yield* due.keys;
}
