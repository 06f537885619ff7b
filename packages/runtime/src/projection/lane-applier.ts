import { isKeylineError, KeylineError } from "../errors.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { Arrival } from "../lane/arrival.js";
import { placeOf, positionOf } from "../lane/arrival.js";
import { deadLetterRequest } from "../lane/dead-letter.js";
import type { LaneQueue } from "../lane/lane-queue.js";
import { orderKeyOfKey } from "../lane/order-key.js";
import type { Arriving, Work } from "../lane/work.js";
import type { ParkedRow } from "../ports/store.js";
import type { ConsumerRecord } from "../ports/transport.js";
import { type AppliedEvent, applyEvent, type Emission, type Emitted, fireTimers } from "./apply.js";
import { type Batch, withdraw } from "./batch.js";
import type { AnyProjection } from "./define.js";
import type { Failure, Failures } from "./failures.js";
import { isParked, type KeyState } from "./key-state.js";
import { type LaneRows, rowKeyOf } from "./lane-rows.js";
import { storedLetter } from "./outbox.js";
import { failureOf, parkedEvent, recordOf } from "./parked.js";
import type { LanePositions } from "./positions.js";

/** Applies events and timers of a lane to a batch, in memory. */
export interface LaneApplier {
  /**
   * Applies a taken work and settles it; when its reducer throws, all of its key leaves the batch and waits.
   * Returns false when the batch should be written as it is.
   */
  apply(batch: Batch, work: Work<Arrival>): boolean;
  /**
   * Applies a key's first parked event, or gives it to the dead letters. Throws what the reducer throws; then the row has
   * to be read again.
   */
  release(batch: Batch, parked: ParkedRow, row: KeyState, as: "replayed" | "skipped", by: string): void;
  /** Fires timers that the wall clock lets fire, of keys that nothing waits for. */
  fireDue(batch: Batch, keys: readonly string[], beforeMs: number): void;
}

export interface LaneApplierOptions {
  readonly projection: AnyProjection;
  readonly lane: number;
  readonly groupId: string;
  readonly queue: LaneQueue<Arrival>;
  readonly rows: LaneRows;
  readonly positions: LanePositions;
  readonly failures: Failures;
  readonly hooks: Hooks;
  /** Whether a key waits for somebody when an event of it has failed for the last time. */
  readonly holds: boolean;
  readonly maxParked: number;
  readonly maxBatchBytes: number;
  /** How much of a batch an emitted event takes at most. */
  sizeOf(event: Emitted): number;
  readonly clock: () => number;
  readonly nowMs: () => number;
  homeLane(key: string): number;
  /** Reads a record that was parked, by the contract of today. */
  arriveAgain(record: ConsumerRecord): Arriving<Arrival>;
  /** Something is to be done at once. */
  again(): void;
}

/** @see LaneApplier */
export function createLaneApplier(options: LaneApplierOptions): LaneApplier {
  const { projection, lane, queue, rows, positions, failures, hooks } = options;
  /** Keys whose timers failed and wait (monotonic milliseconds). */
  const timersWaitUntil = new Map<string, number>();

  const check = (event: Emitted) => {
    // Most are far below the limit: only what might not fit is weighed.
    if (JSON.stringify(event).length * 4 < options.maxBatchBytes) return;
    const bytes = options.sizeOf(event);
    if (bytes <= options.maxBatchBytes) return;
    throw new KeylineError(
      "record_too_large",
      `cannot emit to ${event.topic}: the event has ${bytes} bytes, at most ${options.maxBatchBytes} fit a batch`,
    );
  };

  const emissionOf = (key: string): Emission => ({
    speaker: options.homeLane(key) === lane ? projection.name : `${projection.name}@${lane}`,
    check,
  });

  const rowOf = (key: string): KeyState | undefined => {
    const row = rows.get(key);
    if (row) row.meta.timers = failures.withoutDropped(key, row.meta.timers);
    return row;
  };

  const refuse = (batch: Batch, work: Work<Arrival>, row: KeyState, failure: Omit<Failure, "delayMs">) => {
    const { error, attempts, firstAtMs, lastAtMs } = failure;
    const place = `${work.topic}/${work.partition}`;
    // Remembered like an applied event: what was given up stays given up, and is written once.
    const isKnown = (row.meta.applied[place] ?? -1) >= work.offset;
    if (!isKnown) row.meta.applied[place] = work.offset;
    const letter = { record: work.item.record, error, groupId: options.groupId, attempts, firstAtMs, lastAtMs };
    const outgoing = isKnown ? [] : [storedLetter(deadLetterRequest(letter, options.maxBatchBytes))];
    batch.entries.push({
      key: row.key,
      work,
      ignored: isKnown ? "applied_offset" : null,
      outgoing,
      refused: isKnown ? null : error,
    });
    batch.changed.set(row.key, row);
  };

  /** Puts the event behind those of its key that wait already; over the limit it goes to the dead letters. */
  const park = (batch: Batch, work: Work<Arrival>, row: KeyState, failure: Omit<Failure, "delayMs"> | null) => {
    const { meta, key } = row;
    const place = `${work.topic}/${work.partition}`;
    if ((meta.applied[place] ?? -1) >= work.offset) {
      batch.entries.push({ key, work, ignored: "applied_offset", outgoing: [], refused: null });
    } else if ((meta.parked ?? 0) >= options.maxParked) {
      const atMs = options.clock();
      const error = new KeylineError(
        "parked_full",
        `cannot park ${placeOf(work)}: ${meta.parked} events of its key wait: release the key`,
      );
      refuse(batch, work, row, { error, attempts: 0, firstAtMs: atMs, lastAtMs: atMs });
    } else {
      meta.applied[place] = work.offset;
      meta.parked = (meta.parked ?? 0) + 1;
      const parked = parkedEvent(work.item.record, failure);
      batch.entries.push({ key, work, ignored: null, outgoing: [], refused: null, parked });
      batch.changed.set(key, row);
    }
    queue.settle(work);
  };

  const failed = (batch: Batch, work: Work<Arrival>, key: string, caught: unknown) => {
    const reason = caught instanceof Error ? caught.message : String(caught);
    const error = new KeylineError("handler_failed", `${projection.name} cannot apply ${placeOf(work)}: ${reason}`, {
      cause: caught,
    });
    const failure = isTimerFailure(caught) ? timerFailed(key, caught) : failures.eventFailed(work, error);
    rows.forget([key]);
    queue.settle(work);
    queue.putBack([...withdraw(batch, key), work], options.nowMs() + (failure.delayMs ?? 0));
    // What came before it, and what is exhausted, goes with the next transaction, at once.
    options.again();
    if (failure.delayMs !== null)
      hooks.retried?.({ ...positionOf(work), key, attempt: failure.attempts, delayMs: failure.delayMs, error });
  };

  /** A timer that keeps failing is dropped: the events of its key are not to blame. */
  const timerFailed = (key: string, error: KeylineError): Failure => {
    const failure = failures.timerFailed(key, error);
    if (failure.delayMs === null) {
      hooks.timerDropped?.({ group: options.groupId, key, timer: error.issues[0] ?? "", error });
      options.again();
    }
    return failure;
  };

  const letterOf = (parked: ParkedRow, by: string) => {
    const failure = failureOf(parked, by, options.clock());
    const letter = { record: recordOf(parked), groupId: options.groupId, ...failure };
    return storedLetter(deadLetterRequest(letter, options.maxBatchBytes));
  };

  const replay = (parked: ParkedRow, row: KeyState): readonly Emitted[] => {
    const { item } = options.arriveAgain(recordOf(parked));
    if (item.refused) throw item.refused;
    return applyEvent(projection, row, { ...eventOf(parked, item), wasParked: true }, emissionOf(row.key)).emitted;
  };

  return {
    apply(batch, work) {
      const key = rowKeyOf(work.orderKey, lane);
      if (work.offset < positions.next(work)) {
        // A former owner of the lane, or this one before it was fenced, applied it.
        batch.entries.push({ key, work, ignored: "applied_offset", outgoing: [], refused: null });
        queue.settle(work);
        return true;
      }
      const failure = failures.ofEvent(work);
      if (failure && batch.changed.has(key)) {
        // What failed before may fail again: the key's events before it are written first, by themselves.
        queue.settle(work);
        queue.putBack([work]);
        return false;
      }
      const row = rowOf(key);
      if (!row) throw new KeylineError("handler_failed", `the row of key ${key} was not read`);
      const { refused } = work.item;
      if (!refused && (isParked(row.meta) || (failure?.delayMs === null && options.holds))) {
        park(batch, work, row, isParked(row.meta) ? null : (failure ?? null));
        return true;
      }
      if (refused || failure?.delayMs === null) {
        const atMs = options.clock();
        refuse(
          batch,
          work,
          row,
          failure ?? { error: refused ?? unreadable(work), attempts: 0, firstAtMs: atMs, lastAtMs: atMs },
        );
        queue.settle(work);
        return true;
      }
      try {
        const { ignored, emitted } = applyEvent(projection, row, eventOf(work, work.item), emissionOf(key));
        batch.entries.push({ key, work, ignored, outgoing: emitted, refused: null });
        batch.changed.set(key, row);
        queue.settle(work);
      } catch (caught) {
        failed(batch, work, key, caught);
      }
      return true;
    },
    release(batch, parked, row, as, by) {
      const outgoing = as === "skipped" ? [letterOf(parked, by)] : replay(parked, row);
      const left = (row.meta.parked ?? 1) - 1;
      if (left > 0) row.meta.parked = left;
      else delete row.meta.parked;
      batch.entries.push({ key: row.key, work: null, ignored: null, outgoing, refused: null });
      batch.changed.set(row.key, row);
    },
    fireDue(batch, keys, beforeMs) {
      for (const key of keys) {
        const row = rowOf(key);
        // Something of the key waits or is held: it may be what clears the timer.
        if (!row || isParked(row.meta) || batch.changed.has(key) || !queue.isIdle(orderKeyOfKey(key))) continue;
        if ((timersWaitUntil.get(key) ?? 0) > options.nowMs()) continue;
        timersWaitUntil.delete(key);
        try {
          const { fired, emitted } = fireTimers(projection, row, beforeMs, emissionOf(key));
          batch.entries.push({ key, work: null, ignored: null, outgoing: emitted, refused: null });
          if (fired.length > 0) batch.fired.push({ row, beforeMs, timers: fired });
          batch.changed.set(key, row);
        } catch (caught) {
          rows.forget([key]);
          if (!isTimerFailure(caught)) throw caught;
          timersWaitUntil.set(key, options.nowMs() + (timerFailed(key, caught).delayMs ?? 0));
        }
      }
    },
  };
}

function eventOf(at: RecordPosition, item: Arrival): AppliedEvent {
  const { decoded, topic, record, sequence, comesAfter } = item;
  if (decoded.kind !== "event") throw unreadable(at);
  return {
    ...positionOf(at),
    name: topic.name,
    message: decoded.messageName,
    payload: decoded.payload,
    id: decoded.id,
    timeMs: decoded.timeMs ?? record.timestampMs,
    correlationId: decoded.correlationId,
    traceparent: decoded.traceparent,
    causes: comesAfter,
    sequence,
  };
}

const unreadable = (at: RecordPosition) => new KeylineError("handler_failed", `cannot read ${placeOf(at)}`);

const isTimerFailure = (caught: unknown): caught is KeylineError =>
  isKeylineError(caught) && caught.code === "timer_failed";
