import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "../errors.js";
import type { LaneChanges, LaneId, LaneSnapshot, OwnedLane, Store } from "../ports/store.js";
import { retry } from "../retry.js";
import { storeRetry } from "./store-retry.js";
import type { StoreWait } from "./store-wait.js";

/** A lane as this owner has it, from one `take` to the next. */
export interface Epoch {
  /** Aborted once this owner may do nothing more under the epoch: it was fenced, took the lane again, or was stopped. */
  readonly over: AbortSignal;
  /** Asks the store whether the lane is still this epoch's; where it is not, the owner is fenced by the answer. */
  isHeld(): Promise<boolean>;
}

/**
 * The right to write a lane. The store decides: it refuses what is written under any epoch but the latest. This is what an
 * owner knows of that. Called by the lane's work loop, and `isHeld` by the outbox.
 */
export interface Ownership {
  /**
   * Takes the lane: from here on every other owner is fenced, and this owner's former epoch is over. `load` makes memory
   * what the store has; the lane is in doubt until it has resolved.
   */
  take<Loaded>(load: (snapshot: LaneSnapshot, epoch: Epoch) => Promise<Loaded>): Promise<Loaded>;
  /** The epoch that `take` began last. */
  epoch(): Epoch;
  /**
   * Writes under the epoch. Resolves to false when nothing was written, after a pause where the store could not be reached, or
   * when its answer did not arrive; `isInDoubt` says whether the lane is to be taken again. Rejects with what trying again does
   * not change.
   */
  write(changes: LaneChanges): Promise<boolean>;
  /** Whether memory may not be what the store has: the lane is being taken, or to be taken before anything else. */
  isInDoubt(): boolean;
  /** Waits before the lane is taken again, until the signal at most. */
  pause(): Promise<void>;
}

export interface OwnershipOptions {
  readonly store: Store;
  readonly lane: LaneId;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Stops the owner. */
  readonly signal: AbortSignal;
  readonly storeWait: StoreWait;
  /** Another owner has the lane; told once an epoch. */
  fenced(): void;
}

/** An epoch as its owner keeps it. */
interface OwnEpoch extends Epoch {
  readonly lane: OwnedLane;
  readonly takenMs: number;
  end(): void;
}

const firstPauseMs = 100;
const longestPauseMs = 5000;

/**
 * The pause before a lane is taken again, doubled until one epoch has lasted ten pauses. If two owners both believe that they
 * have the lane, each must get time to write and publish something, however slow the machine is.
 */
export const pauseAfter = (pauseMs: number, heldMs: number): number =>
  heldMs > 10 * pauseMs ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);

/**
 * Invariant: `current` is the epoch of the last `take` that the store answered, and at most that one is not over. `inDoubt`
 * holds before the first `take`, and from each question or write that shows another owner, and each write whose outcome is not known,
 * until the next `take` has loaded what the store has under an epoch that is not over: nothing is written meanwhile. A
 * crash loses nothing: the next owner takes the lane by its number in the store.
 */
export function createOwnership({ store, lane, nowMs, signal, storeWait, fenced }: OwnershipOptions): Ownership {
  let current: OwnEpoch | null = null;
  let inDoubt = true;
  let pauseMs = firstPauseMs;

  const owned = (): OwnEpoch => {
    if (current) return current;
    throw new KeylineError("lane_fenced", `lane ${lane.app}/${lane.domain}/${lane.lane} was not taken`);
  };

  const fence = (epoch: OwnEpoch) => {
    if (epoch.over.aborted) return;
    epoch.end();
    inDoubt = true;
    fenced();
  };

  return {
    async take(load) {
      inDoubt = true;
      const ask = () => store.takeLane(lane);
      // What cannot even begin says so at once, to the operator that starts it; what is at work waits.
      const snapshot = await (current ? storeWait.ask(signal, ask) : retry(storeRetry(signal, storeWait), ask));
      storeWait.answered();
      current?.end();
      const epoch = beginEpoch(store, { ...lane, epoch: snapshot.epoch }, { nowMs, signal, storeWait, fence });
      current = epoch;
      const loaded = await load(snapshot, epoch);
      inDoubt = epoch.over.aborted;
      return loaded;
    },
    epoch: owned,
    async write(changes) {
      const epoch = owned();
      if (inDoubt) return false;
      try {
        await store.write(epoch.lane, changes);
        return true;
      } catch (caught) {
        const error = KeylineError.from(caught, "store_unavailable", `${lane.app} cannot write lane ${lane.lane}`);
        if (error.code === "state_conflict") return false;
        if (error.code === "lane_fenced") {
          fence(epoch);
          return false;
        }
        if (error.code === "outcome_unknown") inDoubt = true;
        else if (!error.retryable) throw error;
        storeWait.failed(error);
        // The lane is kept: to take it again makes a store that has no time read all of it once more.
        if (!inDoubt) await storeWait.pause(signal);
        return false;
      }
    },
    isInDoubt: () => inDoubt,
    async pause() {
      pauseMs = pauseAfter(pauseMs, nowMs() - owned().takenMs);
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    },
  };
}

function beginEpoch(
  store: Store,
  lane: OwnedLane,
  options: Pick<OwnershipOptions, "nowMs" | "signal" | "storeWait"> & { fence(epoch: OwnEpoch): void },
): OwnEpoch {
  const ending = new AbortController();
  const over = AbortSignal.any([options.signal, ending.signal]);
  /** A question that is under way serves all that ask meanwhile. */
  let asking: Promise<boolean> | null = null;
  const ask = async () => {
    const isHeld = await options.storeWait.ask(over, () => store.holds(lane));
    if (!isHeld) options.fence(epoch);
    return isHeld;
  };
  const epoch: OwnEpoch = {
    lane,
    takenMs: options.nowMs(),
    over,
    end: () => ending.abort(),
    isHeld() {
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
  };
  return epoch;
}
