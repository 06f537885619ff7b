import { setTimeout as sleep } from "node:timers/promises";
import type { Arrival } from "../consumer/arrival.js";
import { placeOf, positionOf } from "../consumer/arrival.js";
import { deadLetterRequest } from "../consumer/dead-letter.js";
import type { LaneWorker, SessionContext, TakenLane } from "../consumer/session.js";
import { isKeylineError, KeylineError } from "../errors.js";
import type { Hooks } from "../hooks.js";
import { nextDelayMs, type RetryPolicy } from "../lane/backoff.js";
import { createLaneQueue, type Work } from "../lane/lane-queue.js";
import type { ProducerCore } from "../producer/create-producer.js";
import type { LaneChanges, LaneSnapshot, Store } from "../store.js";
import type { StartPosition, Transport } from "../transport.js";
import { type AppliedEvent, applyEvent, fireTimers } from "./apply.js";
import {
  type Batch,
  type BatchEntry,
  emptyBatch,
  finishedWith,
  lastBelow,
  type OwnPosition,
  outboxRows,
  withdraw,
  worksOf,
} from "./batch.js";
import type { AnyProjection } from "./define.js";
import { fingerprintOf, startOfStored } from "./fingerprint.js";
import { type KeyState, loadKeyState, newKeyState, nextDueMs } from "./key-state.js";
import { createLaneTimers } from "./lane-timers.js";
import { createOutbox, storedLetter } from "./outbox.js";

/** What the lanes of one projection share. */
export interface LaneEnvironment {
  readonly projection: AnyProjection;
  readonly transport: Transport;
  readonly store: Store;
  readonly core: ProducerCore;
  readonly groupId: string;
  readonly hooks: Hooks;
  readonly retry: RetryPolicy;
  readonly clock: () => number;
  readonly nowMs: () => number;
  /** Whether the wall clock fires timers. */
  readonly wallClock: boolean;
  readonly maxBatchEvents: number;
  readonly cachedKeys: number;
  /** The lane that a key belongs to by its hash. */
  homeLane(key: string, lane: TakenLane): number;
}

/** How often an event has failed so far, and since when. */
interface Failures {
  readonly attempts: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly error: KeylineError;
  /** No attempt is left: the next transaction dead-letters it. */
  readonly exhausted: boolean;
}

/** A pause before a lane is taken again, or a transaction tried again. */
const recoverAfterMs = 100;
const mostRecoverMs = 5000;

/** Takes a lane from the store and works on it: batch by batch, each in one transaction fenced by the lane's epoch (P8). */
export async function openProjectionLane(
  env: LaneEnvironment,
  lane: TakenLane,
  { clusterId, fail }: SessionContext,
): Promise<{ worker: LaneWorker; starts: readonly StartPosition[] }> {
  const { projection, store, transport, hooks } = env;
  const laneId = { app: projection.name, domain: lane.group.name, lane: lane.lane };
  const rows = new Map<string, KeyState>();
  /** By the work that failed, or by the key and name of a timer that did. */
  const failures = new Map<Work<Arrival> | string, Failures>();
  /** Keys whose timers failed and wait (monotonic milliseconds). */
  const timersWaitUntil = new Map<string, number>();
  const droppedTimers = new Map<string, Set<string>>();
  const positions = new Map<string, OwnPosition>();
  let epoch = 0;
  let outboxSeq = 0;
  let stopped = false;
  let working: Promise<void> | null = null;
  let again = false;

  const queue = createLaneQueue<Arrival>({
    nowMs: env.nowMs,
    held: (work, cause) => hooks.held?.({ ...positionOf(work), key: work.item.key ?? "", cause }),
    released: (work, heldMs) => hooks.released?.({ ...positionOf(work), key: work.item.key ?? "", heldMs }),
    causeIgnored: (work, reason) => hooks.causeIgnored?.({ ...positionOf(work), reason }),
  });
  const timers = createLaneTimers({ transport, clock: env.clock, logs: queue.logs, ready: () => wake() });
  const newOutbox = () =>
    createOutbox({
      topics: projection.emits,
      core: env.core,
      clusterId,
      holds: () => store.holds({ ...laneId, epoch }),
      published: () => wake(),
      fail,
    });
  let outbox = newOutbox();

  const takeSnapshot = (snapshot: LaneSnapshot) => {
    epoch = snapshot.epoch;
    rows.clear();
    positions.clear();
    for (const { topic, partition } of lane.partitions) {
      const stored = snapshot.positions.find(
        (position) => position.topic === topic && position.partition === partition,
      );
      positions.set(`${topic}/${partition}`, { stored: stored ?? null, finished: new Map() });
    }
    for (const { key, dueAtMs } of snapshot.timers) timers.set(key, dueAtMs);
    outboxSeq = snapshot.outbox.reduce((most, row) => Math.max(most, row.seq), outboxSeq);
    // What an earlier epoch of this owner has under way may come twice: its readers know it by `keyline-seq`.
    outbox.stop();
    outbox = newOutbox();
    hooks.laneTaken?.({ group: env.groupId, domain: laneId.domain, lane: laneId.lane, epoch });
  };

  const ownPosition = ({ topic, partition }: { topic: string; partition: number }): OwnPosition => {
    const name = `${topic}/${partition}`;
    const known = positions.get(name);
    if (known) return known;
    const made: OwnPosition = { stored: null, finished: new Map() };
    positions.set(name, made);
    return made;
  };

  const loadRows = async (dueKeys: readonly string[]) => {
    if (rows.size > env.cachedKeys) rows.clear();
    const missing = new Set<string>();
    for (const orderKey of queue.candidates()) {
      if (missing.size >= env.maxBatchEvents) break;
      const key = keyOf(orderKey);
      if (key !== null && !rows.has(key)) missing.add(key);
    }
    for (const key of dueKeys) if (!rows.has(key)) missing.add(key);
    if (missing.size === 0) return;
    const found = await store.readStates(laneId, [...missing]);
    for (const key of missing) {
      const row = found.get(key);
      rows.set(key, row ? loadKeyState(row) : newKeyState(key, projection.initial));
    }
  };

  const letterOf = (
    work: Work<Arrival>,
    { error, attempts, firstAtMs, lastAtMs }: Omit<Failures, "exhausted">,
  ): BatchEntry => {
    const { record, key } = work.item;
    const request = deadLetterRequest({ record, error, groupId: env.groupId, attempts, firstAtMs, lastAtMs });
    hooks.deadLettered?.({ ...positionOf(work), key, error });
    return { key: keyOf(work.orderKey) ?? work.orderKey, work, ignored: null, outgoing: [storedLetter(request)] };
  };

  const eventOf = (work: Work<Arrival>): AppliedEvent | null => {
    const { decoded, topic, record, sequence } = work.item;
    if (decoded.kind !== "event") return null;
    return {
      ...positionOf(work),
      name: topic.name,
      message: decoded.messageName,
      payload: decoded.payload,
      id: decoded.id,
      timeMs: decoded.timeMs ?? record.timestampMs,
      correlationId: decoded.correlationId,
      traceparent: decoded.traceparent,
      causes: work.causes,
      sequence,
    };
  };

  /** Applies one work to the batch; when its reducer throws, all of its key leaves the batch and waits. */
  const apply = (batch: Batch, work: Work<Arrival>) => {
    const key = keyOf(work.orderKey);
    const known = failures.get(work);
    if (work.offset < (ownPosition(work).stored?.next ?? 0)) {
      // A former owner of the lane, or this one before it was fenced, applied it.
      batch.entries.push({ key: key ?? work.orderKey, work, ignored: "applied_offset", outgoing: [] });
      return queue.settle(work);
    }
    if (work.item.refused || known?.exhausted) {
      const atMs = env.clock();
      const why = known ?? { error: refusalOf(work), attempts: 0, firstAtMs: atMs, lastAtMs: atMs };
      batch.entries.push(letterOf(work, why));
      return queue.settle(work);
    }
    const event = eventOf(work);
    const row = key === null ? undefined : rowOf(key);
    if (!event || !row) return queue.settle(work);
    try {
      const { ignored, emitted } = applyEvent(projection, row, event);
      batch.entries.push({ key: row.key, work, ignored, outgoing: emitted });
      batch.changed.set(row.key, row);
      queue.settle(work);
    } catch (caught) {
      failed(batch, work, row.key, caught);
    }
  };

  const countFailure = (what: Work<Arrival> | string, error: KeylineError) => {
    const nowMs = env.clock();
    const attempts = (failures.get(what)?.attempts ?? 0) + 1;
    const firstAtMs = failures.get(what)?.firstAtMs ?? nowMs;
    const delayMs = nextDelayMs(env.retry, attempts, nowMs - firstAtMs);
    failures.set(what, { attempts, firstAtMs, lastAtMs: nowMs, error, exhausted: delayMs === null });
    // What is exhausted goes with the next transaction, at once.
    if (delayMs === null) again = true;
    return { attempts, delayMs };
  };

  const failed = (batch: Batch, work: Work<Arrival>, key: string, caught: unknown) => {
    const reason = caught instanceof Error ? caught.message : String(caught);
    const error = new KeylineError("handler_failed", `${projection.name} cannot apply ${placeOf(work)}: ${reason}`, {
      cause: caught,
    });
    const { attempts, delayMs } = isTimerFailure(caught) ? timerFailed(key, caught) : countFailure(work, error);
    rows.delete(key);
    queue.settle(work);
    queue.putBack([...withdraw(batch, key), work], env.nowMs() + (delayMs ?? 0));
    if (delayMs !== null) hooks.retried?.({ ...positionOf(work), key, attempt: attempts, delayMs, error });
  };

  /** A timer that keeps failing is dropped: the events of its key are not to blame. */
  const timerFailed = (key: string, error: KeylineError) => {
    const [timer = ""] = error.issues;
    const name = `${key}\n${timer}`;
    const counted = countFailure(name, error);
    if (counted.delayMs === null) {
      failures.delete(name);
      droppedTimers.set(key, (droppedTimers.get(key) ?? new Set()).add(timer));
      hooks.timerDropped?.({ group: env.groupId, key, timer, error });
    }
    return counted;
  };

  const rowOf = (key: string): KeyState | undefined => {
    const row = rows.get(key);
    const dropped = droppedTimers.get(key);
    if (row && dropped) row.meta.timers = row.meta.timers.filter(({ name }) => !dropped.has(name));
    return row;
  };

  const fireDue = (batch: Batch, keys: readonly string[], beforeMs: number) => {
    for (const key of keys) {
      const row = rowOf(key);
      // Something of the key waits or is held: it may be what clears the timer.
      if (!row || batch.changed.has(key) || !queue.isIdle(`k:${key}`)) continue;
      if ((timersWaitUntil.get(key) ?? 0) > env.nowMs()) continue;
      timersWaitUntil.delete(key);
      try {
        const outgoing = fireTimers(projection, row, beforeMs);
        batch.entries.push({ key, work: null, ignored: null, outgoing });
        batch.changed.set(key, row);
      } catch (caught) {
        rows.delete(key);
        if (!isTimerFailure(caught)) throw caught;
        timersWaitUntil.set(key, env.nowMs() + (timerFailed(key, caught).delayMs ?? 0));
      }
    }
  };

  const changesOf = (batch: Batch, removed: readonly number[]): LaneChanges => {
    const finishing = new Map<string, Set<number>>();
    for (const work of worksOf(batch)) {
      const position = ownPosition(work);
      position.finished.set(work.offset, () => fingerprintOf(work.item.record));
      const name = `${work.topic}/${work.partition}`;
      const offsets = finishing.get(name) ?? new Set();
      finishing.set(name, offsets.add(work.offset));
    }
    return {
      positions: [...queue.logs()].flatMap((log) => {
        const position = ownPosition(log);
        const next = finishedWith(log, finishing.get(`${log.topic}/${log.partition}`) ?? new Set());
        const from = position.stored?.next ?? null;
        if (next === (from ?? 0)) return [];
        return [{ topic: log.topic, partition: log.partition, from, next, last: lastBelow(position, next) }];
      }),
      states: [...batch.changed.values()].map((row) => ({
        key: row.key,
        version: row.version,
        state: row.state,
        meta: row.meta,
        lane: env.homeLane(row.key, lane),
        dueAtMs: nextDueMs(row),
      })),
      outboxAdded: outboxRows(batch, outboxSeq + 1),
      outboxRemoved: removed,
      parkedAdded: [],
      parkedRemoved: [],
    };
  };

  const committed = (batch: Batch, changes: LaneChanges) => {
    for (const { from: _, ...stored } of changes.positions) {
      const position = ownPosition(stored);
      position.stored = stored;
      for (const offset of position.finished.keys()) if (offset < stored.next) position.finished.delete(offset);
    }
    for (const row of batch.changed.values()) {
      row.version += 1;
      droppedTimers.delete(row.key);
      timers.set(row.key, nextDueMs(row));
    }
    outboxSeq += changes.outboxAdded.length;
    for (const { work, ignored } of batch.entries) {
      if (!work) continue;
      const attempts = (failures.get(work)?.attempts ?? 0) + 1;
      failures.delete(work);
      queue.finish(work);
      if (ignored) hooks.ignored?.({ ...positionOf(work), key: work.item.key, reason: ignored });
      else hooks.handled?.({ ...positionOf(work), key: work.item.key, attempts, tookMs: 0 });
    }
    outbox.add(changes.outboxAdded);
  };

  const rollBack = (batch: Batch, removed: readonly number[]) => {
    for (const key of batch.changed.keys()) rows.delete(key);
    for (const work of worksOf(batch)) ownPosition(work).finished.delete(work.offset);
    queue.putBack(worksOf(batch));
    outbox.putBackPublished(removed);
  };

  /** A transaction that failed changed nothing; what may have changed is read again under a new epoch. */
  const recover = async (batch: Batch, removed: readonly number[], caught: unknown) => {
    const error = KeylineError.from(caught, "store_unavailable", `${projection.name} cannot write lane ${laneId.lane}`);
    rollBack(batch, removed);
    if (error.code === "state_conflict") return;
    if (error.code !== "lane_fenced" && !error.retryable) throw error;
    if (error.code === "lane_fenced") hooks.fenced?.({ group: env.groupId, domain: laneId.domain, lane: laneId.lane });
    for (let delayMs = recoverAfterMs; !stopped; delayMs = Math.min(delayMs * 2, mostRecoverMs)) {
      await sleep(delayMs * (0.5 + Math.random()));
      if (stopped) return;
      try {
        const snapshot = await store.takeLane(laneId);
        checkReach(snapshot);
        takeSnapshot(snapshot);
        return outbox.add(snapshot.outbox);
      } catch (failedTake) {
        if (!isKeylineError(failedTake) || !failedTake.retryable) throw failedTake;
      }
    }
  };

  /** A store that was set back below what this owner let go of cannot be caught up with from memory. */
  const checkReach = (snapshot: LaneSnapshot) => {
    for (const log of queue.logs()) {
      const stored = snapshot.positions.find(
        ({ topic, partition }) => topic === log.topic && partition === log.partition,
      );
      const kept = ownPosition(log).stored?.next ?? 0;
      if ((stored?.next ?? 0) < kept) {
        throw new KeylineError(
          "log_replaced",
          `the store's position of ${log.topic}/${log.partition} went back from ${kept} to ${stored?.next ?? 0}: it was restored under a running app: start the app again`,
        );
      }
    }
  };

  /** One transaction. Returns whether there was anything to do. */
  const step = async (): Promise<boolean> => {
    const due = env.wallClock ? timers.due() : { keys: [], beforeMs: 0 };
    await loadRows(due.keys);
    const batch = emptyBatch();
    while (batch.entries.length < env.maxBatchEvents) {
      const work = queue.take((orderKey) => rows.has(keyOf(orderKey) ?? "") || keyOf(orderKey) === null);
      if (!work) break;
      apply(batch, work);
    }
    fireDue(batch, due.keys, due.beforeMs);
    const removed = outbox.takePublished();
    if (batch.entries.length === 0 && removed.length === 0) return false;
    const changes = changesOf(batch, removed);
    try {
      await store.write({ ...laneId, epoch }, changes);
    } catch (caught) {
      await recover(batch, removed, caught);
      return true;
    }
    committed(batch, changes);
    return true;
  };

  const work = async () => {
    try {
      do {
        again = false;
        while (!stopped && (await step())) await new Promise((resolve) => setImmediate(resolve));
      } while (again && !stopped);
    } catch (caught) {
      fail(caught);
    } finally {
      working = null;
    }
  };

  const wake = () => {
    if (stopped) return;
    again = true;
    working ??= work();
  };

  const snapshot = await store.takeLane(laneId);
  takeSnapshot(snapshot);
  const ranges = await transport.logRanges(lane.partitions);
  const starts = await Promise.all(
    lane.partitions.map((partition, index) =>
      startOfStored(
        transport,
        partition,
        positions.get(`${partition.topic}/${partition.partition}`)?.stored ?? undefined,
        ranges[index] ?? { start: 0, end: 0 },
      ),
    ),
  );
  outbox.add(snapshot.outbox);
  const worker: LaneWorker = {
    queue,
    wake() {
      if (env.wallClock) timers.tick();
      wake();
    },
    pending: () => outbox.pending(),
    async stop(reason) {
      stopped = true;
      outbox.stop();
      if (reason !== "lost") await working;
    },
  };
  return { worker, starts };
}

const isTimerFailure = (caught: unknown): caught is KeylineError =>
  isKeylineError(caught) && caught.code === "timer_failed";

const keyOf = (orderKey: string): string | null => (orderKey.startsWith("k:") ? orderKey.slice(2) : null);

function refusalOf(work: Work<Arrival>): KeylineError {
  return work.item.refused ?? new KeylineError("handler_failed", `cannot apply ${placeOf(work)}`);
}
