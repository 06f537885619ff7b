import type { DecodedEvent } from "../codec/decoded.js";
import { isKeylineError, KeylineError } from "../errors.js";
import { type Arrival, isRefused, placeOf, positionOf, readArrival } from "../lane/arrival.js";
import { orderKeyOfKey } from "../lane/order-key.js";
import type { Work } from "../lane/work.js";
import { unreadable } from "./applied-event.js";
import { applyEvent } from "./apply.js";
import { type Batch, withdraw } from "./batch.js";
import { believedEvent } from "./believe.js";
import type { Failure } from "./failures.js";
import { fireTimers } from "./fire-timers.js";
import { isParked, type KeyState } from "./key-state.js";
import type { LaneParts } from "./lane-parts.js";
import { reservedKey, rowKeyOf } from "./lane-rows.js";
import type { DueTimers } from "./lane-timers.js";
import { park } from "./park.js";
import { refuse, refuseBare, refusedNow } from "./refuse.js";
import { isAwaited } from "./refused-events.js";

/**
 * What became of a taken event. `applied`: it is in the batch, also when the key knew it already. `refused`: its dead
 * letter is in the batch. `parked`: it waits, durably, for its key to be released. `retried`: its reducer threw; all of
 * its key left the batch and waits. `putBack`: what was taken before it is to be written first.
 */
export type Outcome = "applied" | "refused" | "parked" | "retried" | "putBack";

/** Applies a taken event to a batch, in memory. */
export function applyWork(lane: LaneParts, batch: Batch, work: Work<Arrival>): Outcome {
  const { env, queue, positions, failures } = lane;
  const key = rowKeyOf(work.orderKey, lane.id.lane);
  queue.settle(work);
  if (work.offset < positions.next(work)) {
    // A former owner of the lane, or this one before it was fenced, applied it.
    batch.entries.push({ key, work, ignored: "applied_offset", outgoing: [], refused: null });
    return "applied";
  }
  const failure = failures.ofEvent(work);
  const condemned = failure?.condemned ?? 0;
  if (failure && (batch.changed.has(key) || (condemned > 0 && batch.entries.length > 0))) {
    // What failed before may fail again: the key's events before it are written first, by themselves. What the store has
    // refused is written alone ever after.
    queue.putBack([work]);
    return "putBack";
  }
  batch.alone = condemned > 0;
  const row = rowOf(lane, condemned > 1 ? reservedKey(lane.id.lane) : key);
  if (!row) throw new KeylineError("handler_failed", `the row of key ${key} was not read`);
  // Where nothing can be written of the key, nothing was read of it either.
  if (condemned < 2 && passOver(lane, batch, work, row)) return "applied";
  const read = readArrival(work.item);
  const last = isRefused(read) ? refusedNow(lane, read) : failure;
  const isExhausted = failure?.delayMs === null;
  lane.spans.begin(work, work.item, read, (failure?.attempts ?? 0) + (isExhausted ? 0 : 1));
  if (condemned > 1) {
    refuseBare(lane, batch, work, row, last ?? refusedNow(lane, unreadable(work)));
    return "refused";
  }
  if (!isRefused(read) && (isParked(row.meta) || (isExhausted && env.holds))) {
    park(lane, batch, work, row, isParked(row.meta) ? null : (failure ?? null));
    return "parked";
  }
  if (isRefused(read) || isExhausted) {
    refuse(lane, batch, work, row, last ?? refusedNow(lane, unreadable(work)));
    return "refused";
  }
  return reduce(lane, batch, work, { row, decoded: read });
}

/**
 * Leaves out a dead letter that was sent again for another group, or that this one does not wait for, before anything of it
 * is read. The latter is written: an owner of another lane may have noted the refusal in the row meanwhile.
 */
function passOver({ env }: LaneParts, batch: Batch, work: Work<Arrival>, row: KeyState): boolean {
  const { redelivery } = work.item;
  if (!redelivery) return false;
  const { key, meta } = row;
  const isOther = redelivery.group !== env.groupId;
  const place = `${work.topic}/${work.partition}`;
  if (!isOther && (isAwaited(meta, redelivery) || (meta.applied[place] ?? -1) >= work.offset)) return false;
  if (!isOther) {
    meta.applied[place] = work.offset;
    batch.changed.set(key, row);
  }
  const ignored = isOther ? "other_group" : "not_refused";
  batch.entries.push({ key, work, ignored, outgoing: [], refused: null });
  return true;
}

function reduce(
  lane: LaneParts,
  batch: Batch,
  work: Work<Arrival>,
  { row, decoded }: { readonly row: KeyState; readonly decoded: DecodedEvent },
): Outcome {
  const { key } = row;
  try {
    const event = believedEvent(lane, work, work.item, decoded);
    const { ignored, emitted, fired, unnumbered } = lane.spans.run(work, () =>
      applyEvent(lane.env.projection, row, event, lane.emissionOf(row)),
    );
    const before = { beforeMs: event.timeMs, timers: fired };
    const isRounded = decoded.warnings.includes("integer_rounded");
    const told = { unnumbered, isRounded };
    batch.entries.push({ key, work, ignored, outgoing: emitted, refused: null, fired: before, ...told });
    batch.changed.set(key, row);
    return "applied";
  } catch (caught) {
    tryLater(lane, batch, work, key, caught);
    return "retried";
  }
}

/** Takes all of the key out of the batch: its row is not what the store has any more. */
function tryLater(lane: LaneParts, batch: Batch, work: Work<Arrival>, key: string, caught: unknown): void {
  const { env, queue, rows, failures, spans } = lane;
  const reason = caught instanceof Error ? caught.message : String(caught);
  const message = `${env.projection.name} cannot apply ${placeOf(work)}: ${reason}`;
  const error = new KeylineError("handler_failed", message, { cause: caught });
  const failure = isTimerFailure(caught) ? timerFailed(lane, key, caught) : failures.eventFailed(work, error);
  rows.forget([key]);
  spans.end(work, { as: "failed", error, delayMs: failure.delayMs });
  const withdrawn = withdraw(batch, key);
  for (const other of withdrawn) spans.end(other, { as: "rolledBack" });
  queue.putBack([...withdrawn, work], env.nowMs() + (failure.delayMs ?? 0));
  // What came before it, and what is exhausted, goes with the next transaction, at once.
  lane.wake();
  const { attempts, delayMs } = failure;
  if (delayMs !== null) env.hooks.retried?.({ ...positionOf(work), key, attempt: attempts, delayMs, error });
}

/** Fires timers that the wall clock lets fire, of keys of which nothing waits. */
export function fireDue(lane: LaneParts, batch: Batch, { keys, beforeMs }: DueTimers): void {
  for (const key of keys) {
    // What waits or is held of the key may be what clears the timer.
    if (lane.queue.isIdle(orderKeyOfKey(key))) fireOf(lane, batch, key, beforeMs);
  }
}

/** Fires the timers of one key. */
export function fireOf(lane: LaneParts, batch: Batch, key: string, beforeMs: number): void {
  const { env, rows, failures } = lane;
  const row = rowOf(lane, key);
  if (!row || isParked(row.meta) || batch.changed.has(key) || !failures.timersMayFire(key)) return;
  try {
    const { fired, emitted } = fireTimers(env.projection, row, beforeMs, lane.emissionOf(row));
    const upTo = { beforeMs, timers: fired };
    batch.entries.push({ key, work: null, ignored: null, outgoing: emitted, refused: null, fired: upTo });
    if (fired.length > 0) batch.fired.push({ row, ...upTo });
    batch.changed.set(key, row);
  } catch (caught) {
    rows.forget([key]);
    if (!isTimerFailure(caught)) throw caught;
    timerFailed(lane, key, caught);
  }
}

/** A timer that keeps failing is dropped: the events of its key are not to blame. */
function timerFailed({ env, failures, wake }: LaneParts, key: string, error: KeylineError): Failure {
  const failure = failures.timerFailed(key, error);
  if (failure.delayMs === null) {
    env.hooks.timerDropped?.({ group: env.groupId, key, timer: error.issues[0] ?? "", error });
    wake();
  }
  return failure;
}

/** The key's row without the timers that are given up. */
export function rowOf({ rows, failures }: LaneParts, key: string): KeyState | undefined {
  const row = rows.get(key);
  if (row) row.meta.timers = failures.withoutDropped(key, row.meta.timers);
  return row;
}

const isTimerFailure = (caught: unknown): caught is KeylineError =>
  isKeylineError(caught) && caught.code === "timer_failed";
