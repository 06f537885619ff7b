import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "../errors.js";
import type { LaneWorker, SessionContext, TakenLane } from "../group/lane-worker.js";
import type { Hooks } from "../hooks.js";
import { type Arrival, arrive, positionOf, type ReadTopic } from "../lane/arrival.js";
import { createLaneQueue } from "../lane/lane-queue.js";
import type { LaneChanges, LaneSnapshot, Store } from "../ports/store.js";
import type { StartPosition, Transport } from "../ports/transport.js";
import type { ProducerCore } from "../producer/core.js";
import type { RetryPolicy } from "../retry.js";
import { whileAvailable } from "./available.js";
import { type Batch, emptyBatch, worksOf } from "./batch.js";
import type { AnyProjection } from "./define.js";
import { createFailures } from "./failures.js";
import { startOfStored } from "./fingerprint.js";
import { nextDueMs } from "./key-state.js";
import { createLaneApplier } from "./lane-applier.js";
import { laneChanges } from "./lane-changes.js";
import { createLaneRows, rowKeyOf } from "./lane-rows.js";
import { createLaneTimers } from "./lane-timers.js";
import { createOutbox } from "./outbox.js";
import { createLanePositions } from "./positions.js";
import { preparedSend } from "./prepared-send.js";
import { createReleases, type ReleaseStep, stoppedAt } from "./releases.js";

/** What the lanes of one projection share. */
export interface LaneEnvironment {
  readonly projection: AnyProjection;
  readonly transport: Transport;
  readonly store: Store;
  readonly core: ProducerCore;
  readonly groupId: string;
  readonly hooks: Hooks;
  readonly retry: RetryPolicy;
  readonly topics: readonly ReadTopic[];
  /** Whether a key waits for somebody when an event of it has failed for the last time. */
  readonly holds: boolean;
  /** Parked events of one key at most. */
  readonly maxParked: number;
  readonly clock: () => number;
  readonly nowMs: () => number;
  /** Whether the wall clock fires timers. */
  readonly wallClock: boolean;
  readonly maxBatchEvents: number;
  readonly cachedKeys: number;
  /** The lane that a key belongs to by its hash. */
  homeLane(key: string): number;
}

/**
 * The pause before a fenced owner takes its lane again, doubled until one has held it for ten such pauses: of two that
 * both believe to own it, each must get time to write and publish something, however slow the machine is.
 */
const firstRecoveryMs = 100;
const longestRecoveryMs = 5000;

/** Takes a lane from the store and works on it: batch by batch, each in one transaction fenced by the lane's epoch (P8). */
export async function openProjectionLane(
  env: LaneEnvironment,
  lane: TakenLane,
  { clusterId, fail }: SessionContext,
): Promise<{ worker: LaneWorker; starts: readonly StartPosition[] }> {
  const { projection, store, transport, hooks } = env;
  const laneId = { app: projection.name, domain: lane.group.name, lane: lane.lane };
  let epoch = 0;
  let outboxSeq = 0;
  let parkedSeq = 0;
  let stopped = false;
  let mustRecover = false;
  let takenMs = 0;
  let recoverAfterMs = firstRecoveryMs;
  let working: Promise<void> | null = null;
  let again = false;

  const queue = createLaneQueue<Arrival>({
    nowMs: env.nowMs,
    held: (work, cause) => hooks.held?.({ ...positionOf(work), key: work.item.key ?? "", cause }),
    released: (work, heldMs) => hooks.released?.({ ...positionOf(work), key: work.item.key ?? "", heldMs }),
    causeIgnored: (work, reason) => hooks.causeIgnored?.({ ...positionOf(work), reason }),
  });
  const rows = createLaneRows({
    store,
    lane: laneId,
    projection,
    cachedKeys: env.cachedKeys,
    perLoad: env.maxBatchEvents,
  });
  const positions = createLanePositions();
  const failures = createFailures(env.retry, env.clock);
  const timers = createLaneTimers({
    transport,
    clock: env.clock,
    nowMs: env.nowMs,
    logs: queue.logs,
    read: () => store.readTimers(laneId),
    ready: () => wake(),
  });
  const applier = createLaneApplier({
    ...env,
    queue,
    rows,
    positions,
    failures,
    lane: lane.lane,
    maxBatchBytes: transport.maxBatchBytes,
    arriveAgain: (record) => {
      const topic = env.topics.find(({ address }) => address === record.topic);
      if (!topic) throw new KeylineError("topic_unknown", `${projection.name} does not read ${record.topic} any more`);
      const reads = new Set<string>();
      return arrive(record, topic, { reads, partitions: 1, clusterId, onWrongPartition: "process", hooks: {} });
    },
    sizeOf: (event) => env.core.sizeOf(preparedSend(projection.emits, event, clusterId)),
    again: () => {
      again = true;
    },
  });
  const releases = createReleases({ store, lane: laneId, nowMs: env.nowMs });
  const newOutbox = () =>
    createOutbox({
      topics: projection.emits,
      core: env.core,
      clusterId,
      lane: lane.lane,
      homeLane: env.homeLane,
      holds: () => store.holds({ ...laneId, epoch }),
      fenced: () => {
        fenced();
        mustRecover = true;
        wake();
      },
      published: () => wake(),
      fail,
    });
  let outbox = newOutbox();

  const fenced = () => hooks.fenced?.({ group: env.groupId, domain: laneId.domain, lane: laneId.lane });

  /** Takes the lane: from here on every former owner is fenced. */
  const take = async (): Promise<LaneSnapshot> => {
    const snapshot = await whileAvailable(
      () => store.takeLane(laneId),
      () => stopped,
    );
    checkReach(snapshot);
    // A former owner may have written the lane since this producer looked at it.
    await whileAvailable(
      () => env.core.refreshLane(lane.lane),
      () => stopped,
    );
    epoch = snapshot.epoch;
    takenMs = env.nowMs();
    mustRecover = false;
    rows.clear();
    positions.load(snapshot.positions);
    timers.load(snapshot.timers);
    outboxSeq = snapshot.outbox.reduce((most, row) => Math.max(most, row.seq), outboxSeq);
    parkedSeq = snapshot.parked.reduce((most, row) => Math.max(most, row.seq), parkedSeq);
    releases.clear();
    // What an earlier epoch of this owner has under way may come twice: its readers know it by `keyline-seq`.
    outbox.stop();
    outbox = newOutbox();
    hooks.laneTaken?.({ group: env.groupId, domain: laneId.domain, lane: laneId.lane, epoch });
    return snapshot;
  };

  /** A store that was set back below what this owner let go of cannot be caught up with from memory. */
  const checkReach = (snapshot: LaneSnapshot) => {
    for (const log of queue.logs()) {
      const stored = snapshot.positions.find(
        ({ topic, partition }) => topic === log.topic && partition === log.partition,
      );
      const kept = positions.next(log);
      if ((stored?.next ?? 0) >= kept) continue;
      throw new KeylineError(
        "log_replaced",
        `the store's position of ${log.topic}/${log.partition} went back from ${kept} to ${stored?.next ?? 0}: it was restored under a running app: start the app again`,
      );
    }
  };

  const changesOf = (batch: Batch, removed: readonly number[]): LaneChanges =>
    laneChanges({
      ...{ batch, positions, removed, homeOf },
      logs: [...queue.logs()],
      firstSeq: outboxSeq + 1,
      firstParked: parkedSeq + 1,
    });

  const homeOf = (key: string) => (key === rowKeyOf("", lane.lane) ? lane.lane : env.homeLane(key));

  const committed = (batch: Batch, changes: LaneChanges, tookMs: number) => {
    positions.moved(changes.positions);
    for (const row of batch.changed.values()) {
      row.version += 1;
      failures.written(row.key);
      // Another lane's key, of a record on the wrong partition: its own lane fires its timers.
      if (homeOf(row.key) === lane.lane) timers.set(row.key, nextDueMs(row));
    }
    outboxSeq += changes.outboxAdded.length;
    parkedSeq += changes.parkedAdded.length;
    for (const { work, ignored, refused, parked } of batch.entries) {
      if (!work) continue;
      const { key } = work.item;
      const failure = failures.ofEvent(work);
      const attempts = (failure?.attempts ?? 0) + 1;
      failures.eventDone(work);
      queue.finish(work);
      if (ignored) hooks.ignored?.({ ...positionOf(work), key, reason: ignored });
      else if (parked) hooks.parked?.({ ...positionOf(work), key: key ?? "", error: failure?.error ?? null });
      else if (refused) hooks.deadLettered?.({ ...positionOf(work), key, error: refused });
      else hooks.handled?.({ ...positionOf(work), key, attempts, tookMs });
    }
    outbox.add(changes.outboxAdded);
  };

  const rollBack = (batch: Batch, removed: readonly number[]) => {
    rows.forget(batch.changed.keys());
    positions.rolledBack(worksOf(batch));
    queue.putBack(worksOf(batch));
    outbox.putBackPublished(removed);
  };

  /** Takes the lane again, if it still is this member's. */
  const recover = async () => {
    const heldMs = env.nowMs() - takenMs;
    recoverAfterMs = heldMs > 10 * recoverAfterMs ? firstRecoveryMs : Math.min(2 * recoverAfterMs, longestRecoveryMs);
    await sleep(recoverAfterMs * (0.5 + Math.random()));
    if (stopped) return;
    const snapshot = await take();
    outbox.add(snapshot.outbox);
  };

  /** A transaction that failed changed nothing; what may have changed is read again under a new epoch. */
  const failed = async (batch: Batch, removed: readonly number[], caught: unknown) => {
    const error = KeylineError.from(caught, "store_unavailable", `${projection.name} cannot write lane ${laneId.lane}`);
    rollBack(batch, removed);
    if (error.code === "state_conflict") return;
    if (error.code !== "lane_fenced" && !error.retryable) throw error;
    if (error.code === "lane_fenced") fenced();
    await recover();
  };

  /** Releases one parked event, in a transaction of its own: one that fails then takes nothing else with it. */
  const release = async (step: ReleaseStep): Promise<void> => {
    const { command, parked, as } = step;
    const { key, by } = command;
    const batch = emptyBatch();
    let change = releases.after(step);
    const row = rows.get(key);
    try {
      if (parked && row) applier.release(batch, parked, row, as, by);
    } catch (caught) {
      rows.forget([key]);
      batch.entries = [];
      change = stoppedAt(step, caught);
    }
    const isReleased = batch.entries.length > 0 && parked !== null;
    const changes = {
      ...changesOf(batch, []),
      parkedRemoved: isReleased ? [parked.seq] : [],
      commands: [change],
    };
    try {
      await store.write({ ...laneId, epoch }, changes);
    } catch (caught) {
      return failed(batch, [], caught);
    }
    committed(batch, changes, 0);
    releases.written(change);
    if (isReleased) hooks.unparked?.({ ...positionOf(parked), key, as, by });
    if (change.result !== null) hooks.releaseEnded?.({ group: env.groupId, key, by, result: change.result });
  };

  /** One transaction. Returns whether there was anything to do. */
  const step = async (): Promise<boolean> => {
    if (mustRecover) await recover();
    const wanted = await whileAvailable(releases.next, () => stopped);
    if (wanted) {
      await whileAvailable(
        () => rows.load([wanted.command.key]),
        () => stopped,
      );
      await release(wanted);
      return true;
    }
    const due = env.wallClock ? timers.due() : { keys: [], beforeMs: 0 };
    await whileAvailable(
      () => rows.load(wantedKeys(due.keys)),
      () => stopped,
    );
    const batch = emptyBatch();
    while (!stopped && batch.entries.length < env.maxBatchEvents) {
      const work = queue.take((orderKey) => rows.has(rowKeyOf(orderKey, lane.lane)));
      if (!work || !applier.apply(batch, work)) break;
    }
    applier.fireDue(batch, due.keys, due.beforeMs);
    const removed = outbox.takePublished(batch.entries.length === 0);
    if (batch.entries.length === 0 && removed.length === 0) return false;
    const startedMs = env.nowMs();
    const changes = changesOf(batch, removed);
    try {
      await store.write({ ...laneId, epoch }, changes);
    } catch (caught) {
      await failed(batch, removed, caught);
      return true;
    }
    committed(batch, changes, env.nowMs() - startedMs);
    return true;
  };

  const wantedKeys = function* (dueKeys: readonly string[]) {
    for (const orderKey of queue.candidates()) yield rowKeyOf(orderKey, lane.lane);
    yield* dueKeys;
  };

  const work = async () => {
    try {
      do {
        again = false;
        while (!stopped && (await step())) await new Promise((resolve) => setImmediate(resolve));
      } while (again && !stopped);
    } catch (caught) {
      if (!stopped) fail(caught);
    } finally {
      working = null;
    }
  };

  const wake = () => {
    if (stopped) return;
    again = true;
    working ??= work();
  };

  const snapshot = await take();
  const ranges = await transport.logRanges(lane.partitions);
  const starts = await Promise.all(
    lane.partitions.map((partition, index) =>
      startOfStored(transport, partition, positions.stored(partition), ranges[index] ?? { start: 0, end: 0 }),
    ),
  );
  outbox.add(snapshot.outbox);
  const worker: LaneWorker = {
    queue,
    wake() {
      if (env.wallClock) timers.tick();
      releases.tick(env.holds || parkedSeq > 0, wake);
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
