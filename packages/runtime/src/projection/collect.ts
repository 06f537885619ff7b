import { retry } from "../retry.js";
import { applyWork, fireDue } from "./apply-work.js";
import { type Batch, emptyBatch } from "./batch.js";
import type { LaneParts } from "./lane-parts.js";
import { rowKeyOf } from "./lane-rows.js";
import type { DueTimers } from "./lane-timers.js";
import { storeRetry } from "./store-retry.js";

const nothingDue: DueTimers = { keys: [], beforeMs: Number.NEGATIVE_INFINITY };

/** Applies what may run now, in memory: events whose rows are there, then timers. */
export async function collect(lane: LaneParts, signal: AbortSignal): Promise<Batch> {
  const { env, queue, rows } = lane;
  const due = env.wallClock ? lane.timers.due() : nothingDue;
  await retry(storeRetry(signal), () => rows.load(wantedKeys(lane, due)));
  const batch = emptyBatch();
  const isLoaded = (orderKey: string) => rows.has(rowKeyOf(orderKey, lane.id.lane));
  while (!signal.aborted && batch.entries.length < env.maxBatchEvents) {
    const work = queue.take(isLoaded);
    if (!work || applyWork(lane, batch, work) === "putBack") break;
  }
  fireDue(lane, batch, due);
  return batch;
}

function* wantedKeys({ queue, id }: LaneParts, due: DueTimers): Iterable<string> {
  for (const orderKey of queue.candidates()) yield rowKeyOf(orderKey, id.lane);
  yield* due.keys;
}
