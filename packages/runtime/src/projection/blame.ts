import { isKeylineError, KeylineError } from "../errors.js";
import { type Arrival, placeOf } from "../lane/arrival.js";
import { orderKeyOfKey } from "../lane/order-key.js";
import type { Work } from "../lane/work.js";
import type { LaneChanges } from "../ports/store.js";
import type { Batch, BatchEntry } from "./batch.js";
import type { LaneParts } from "./lane-parts.js";
import { halves, type Narrowing, type Suspect } from "./narrowing.js";
import type { Ownership } from "./ownership.js";

/** What finding the culprit needs of a lane. */
export interface Blaming {
  readonly parts: LaneParts;
  readonly ownership: Ownership;
  readonly narrowing: Narrowing;
  /** Stops the lane. */
  readonly signal: AbortSignal;
}

/** A transaction that locks the lane's row and does nothing else. */
const lockAlone: LaneChanges = {
  ...{ positions: [], states: [], outboxAdded: [], outboxRemoved: [] },
  ...{ parkedAdded: [], parkedRemoved: [], firings: [], commands: [] },
};

/** Whether the store refused a write for good: what is in it, or the store itself, is to blame. */
export const isRefusal = (caught: unknown): caught is KeylineError =>
  isKeylineError(caught) && (isOfStore(caught) || (caught.code === "store_unavailable" && !caught.retryable));

/** Whether the store says itself that it is to blame. */
const isOfStore = ({ code }: KeylineError) => code === "store_format";

/**
 * A batch was refused, and is rolled back. Its entries are tried in halves; one that stands alone is to blame, unless the
 * store would not even lock the lane's row.
 */
export async function blame(lane: Blaming, batch: Batch, error: KeylineError): Promise<void> {
  const { narrowing } = lane;
  const [entry, ...more] = batch.entries;
  if (entry && more.length > 0 && !isOfStore(error)) return narrowing.instead(halves(batch.entries.map(suspectOf)));
  const rowless = entry !== undefined && isRowless(lane.parts, entry);
  if (!entry || !(await isToBlame(lane, entry.key, error, rowless))) return laneWaits(lane, error);
  const { work, fired } = entry;
  const hasTimers = fired !== undefined && fired.timers.length > 0;
  if (work && hasTimers) return narrowing.instead([[timersOf(entry)], [suspectOf(entry)]]);
  const isGivenUp = work ? condemn(lane.parts, work, error, rowless) : giveUpTimers(lane.parts, entry, error);
  if (!isGivenUp) return laneWaits(lane, error);
  if (work) lane.parts.apart.refused(suspectOf(entry), lane.parts.failures.ofEvent(work)?.condemned === 2);
  narrowing.instead([[suspectOf(entry)]]);
}

/**
 * Whether an event of a key whose row takes nothing, not even a refusal, goes to the dead letters after one refusal. That letter
 * is written with the lane's own row, so a store that is broken is found as well: that write fails. A key that is to be parked
 * has each of its events tried in its row.
 */
const isRowless = ({ env, failures, apart }: LaneParts, { work, fired }: BatchEntry): boolean =>
  work !== null && !fired?.timers.length && !env.holds && !failures.ofEvent(work) && apart.isRowless(work.orderKey);

/**
 * Whether the entry that stands alone is to blame. It is if the store works for others and this key is not one of many in a row.
 * With `isShownNext` the store is not asked, as the next write answers that.
 */
export async function isToBlame(
  { ownership, narrowing }: Omit<Blaming, "parts" | "signal">,
  key: string,
  error: KeylineError,
  isShownNext = false,
): Promise<boolean> {
  return !isOfStore(error) && (isShownNext || (await canLock(ownership))) && narrowing.mayBlame(key);
}

/** The store is to blame: nothing is condemned, and everything is tried again after a pause. */
export async function laneWaits({ parts, narrowing, signal }: Omit<Blaming, "ownership">, error: KeylineError) {
  parts.failures.pardon();
  parts.apart.clear();
  narrowing.clear();
  const { rawMessage, cause = error } = error;
  parts.storeWait.failed(new KeylineError("store_unavailable", rawMessage, { cause }));
  await parts.storeWait.pause(signal);
}

async function canLock(ownership: Ownership): Promise<boolean> {
  try {
    return await ownership.write(lockAlone);
  } catch {
    return false;
  }
}

/**
 * From now on the event goes alone, to where failed events go; where that is refused, without a row of its key. False where
 * both were refused.
 */
function condemn({ env, failures }: LaneParts, work: Work<Arrival>, refusal: KeylineError, rowless: boolean): boolean {
  const message = `${env.projection.name} cannot store what ${placeOf(work)} changes: ${refusal.rawMessage}`;
  return failures.condemn(work, new KeylineError("store_refused", message, { cause: refusal }), rowless);
}

/** The timers are dropped. Where that is refused, the clock fires none of the key until the lane has another owner. */
function giveUpTimers({ env, failures }: LaneParts, { key, fired }: BatchEntry, refusal: KeylineError): boolean {
  const message = `${env.projection.name} cannot store what timers of key ${key} change: ${refusal.rawMessage}`;
  const error = new KeylineError("store_refused", message, { cause: refusal });
  for (const timer of failures.giveUpTimers(key, fired?.timers ?? []))
    env.hooks.timerDropped?.({ group: env.groupId, key, timer, error });
  return true;
}

const timersOf = ({ key, fired }: BatchEntry): Suspect => ({
  key,
  orderKey: orderKeyOfKey(key),
  timersBeforeMs: fired?.beforeMs ?? 0,
});

const suspectOf = (entry: BatchEntry): Suspect =>
  entry.work ? { key: entry.key, orderKey: entry.work.orderKey, timersBeforeMs: null } : timersOf(entry);
