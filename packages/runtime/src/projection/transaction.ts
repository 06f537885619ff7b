import { positionOf } from "../lane/arrival.js";
import type { LaneChanges, LaneSnapshot } from "../ports/store.js";
import type { AttemptOutcome } from "../ports/tracing.js";
import { type Batch, type BatchEntry, finishingOf, worksOf } from "./batch.js";
import type { LastFailure } from "./failures.js";
import { nextDueMs } from "./key-state.js";
import { laneChanges } from "./lane-changes.js";
import { homeOf, type LaneParts } from "./lane-parts.js";
import type { Outbox } from "./outbox.js";
import type { Ownership } from "./ownership.js";

/** What a transaction writes beside its batch. */
export type OtherChanges = Partial<Pick<LaneChanges, "outboxRemoved" | "parkedAdded" | "parkedRemoved" | "commands">>;

/** Writes batches: each in one transaction, of which memory then has all, or nothing. Called by the lane's work loop alone. */
export interface Transactions {
  /** Takes over the numbers that a new epoch found. */
  load(snapshot: LaneSnapshot): void;
  /** Writes the batch. Resolves to whether it was written; when it was not, everything is as before it was collected. */
  write(batch: Batch, beside: OtherChanges): Promise<boolean>;
  /** Whether events of the lane may be parked. */
  mayHaveParked(): boolean;
}

export interface TransactionsOptions {
  readonly lane: LaneParts;
  readonly ownership: Ownership;
  readonly outbox: Outbox;
}

/**
 * Invariant: `lastOutbox` and `lastParked` are at least the highest number of any row that the store has of this lane, so
 * a new row's number is free. They never go down, not from one epoch of this owner to its next either: a row that may be
 * under way in an earlier one is not taken for a new one.
 */
export function createTransactions({ lane, ownership, outbox }: TransactionsOptions): Transactions {
  let lastOutbox = 0;
  let lastParked = 0;
  return {
    load({ outbox: rows, parked }) {
      for (const { seq } of rows) lastOutbox = Math.max(lastOutbox, seq);
      for (const { seq } of parked) lastParked = Math.max(lastParked, seq);
    },
    async write(batch, beside) {
      const startedMs = lane.env.nowMs();
      const changes = changesOf(lane, batch, beside, { outbox: lastOutbox + 1, parked: lastParked + 1 });
      let isWritten = false;
      try {
        isWritten = await ownership.write(changes);
      } finally {
        if (!isWritten) rollBack(lane, outbox, batch, changes);
      }
      if (!isWritten) return false;
      lastOutbox += changes.outboxAdded.length;
      lastParked += changes.parkedAdded.length;
      settle(lane, batch, changes, lane.env.nowMs() - startedMs);
      outbox.add(changes.outboxAdded);
      return true;
    },
    mayHaveParked: () => lastParked > 0,
  };
}

function changesOf(
  lane: LaneParts,
  batch: Batch,
  beside: OtherChanges,
  first: { readonly outbox: number; readonly parked: number },
): LaneChanges {
  const { positions, queue } = lane;
  return {
    ...laneChanges({ batch, positions, logs: [...queue.logs()], first, homeOf: (key) => homeOf(lane, key) }),
    ...beside,
  };
}

/** What was written is finished: positions may move over it, and its timers count. */
function settle(lane: LaneParts, batch: Batch, changes: LaneChanges, tookMs: number): void {
  const { positions, failures, timers, queue } = lane;
  positions.moved(changes.positions, finishingOf(batch));
  for (const row of batch.changed.values()) {
    row.version += 1;
    failures.written(row.key, row.meta.timers);
    // Another lane's key, of a record on the wrong partition: its own lane fires its timers.
    if (homeOf(lane, row.key) === lane.id.lane) timers.set(row.key, nextDueMs(row));
  }
  for (const entry of batch.entries) {
    const { work, key, forgotten = [] } = entry;
    for (const at of forgotten) lane.env.hooks.refusalForgotten?.({ ...at, group: lane.env.groupId, key });
    if (!work) continue;
    const failure = failures.ofEvent(work);
    failures.eventDone(work);
    queue.finish(work);
    tell(lane, entry, failure, tookMs);
  }
}

function tell(
  { env: { hooks }, spans }: LaneParts,
  entry: BatchEntry,
  failure: LastFailure | undefined,
  tookMs: number,
): void {
  const { work, ignored, refused, parked, unnumbered, isRounded } = entry;
  if (!work) return;
  spans.end(work, outcomeOf(entry, failure));
  const { key, sequence } = work.item;
  if (unnumbered)
    hooks.sequenceIgnored?.({ ...positionOf(work), key, scope: sequence?.projection ?? "", reason: unnumbered });
  if (ignored) hooks.ignored?.({ ...positionOf(work), key, reason: ignored });
  else if (parked) hooks.parked?.({ ...positionOf(work), key: key ?? "", error: failure?.error ?? null });
  else if (refused) hooks.deadLettered?.({ ...positionOf(work), key, error: refused });
  else hooks.handled?.({ ...positionOf(work), key, attempts: (failure?.attempts ?? 0) + 1, tookMs });
  if (isRounded && !ignored) hooks.integerRounded?.({ ...positionOf(work), key });
}

function outcomeOf({ ignored, refused, parked }: BatchEntry, failure: LastFailure | undefined): AttemptOutcome {
  if (ignored) return { as: "ignored", reason: ignored };
  if (parked) return { as: "parked", error: parked.failure && (failure?.error ?? null) };
  return refused ? { as: "deadLettered", error: refused } : { as: "handled" };
}

/** Nothing was written: rows are read again, events wait again in their order. */
function rollBack({ rows, queue, spans }: LaneParts, outbox: Outbox, batch: Batch, changes: LaneChanges): void {
  const works = worksOf(batch);
  rows.forget(batch.changed.keys());
  for (const work of works) spans.end(work, { as: "rolledBack" });
  queue.putBack(works);
  outbox.putBackPublished(changes.outboxRemoved);
}
