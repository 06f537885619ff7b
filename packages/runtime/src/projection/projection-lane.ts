import type { KeylineError } from "../errors.js";
import type { LaneOpening } from "../group/lane-openings.js";
import { laneRetry } from "../group/lane-retry.js";
import type { LaneWorker, SessionContext, TakenLane } from "../group/lane-worker.js";
import { untilLate } from "../group/until-late.js";
import { createWorkLoop } from "../lane/work-loop.js";
import type { StartPosition } from "../ports/transport.js";
import { retry } from "../retry.js";
import { checkSnapshot } from "../stored-format.js";
import { type Batch, emptyBatch, isApplied } from "./batch.js";
import { blame, isRefusal, isToBlame, laneWaits } from "./blame.js";
import { collect, collectAgain } from "./collect.js";
import { writeEmittedLetter } from "./emitted-letter.js";
import { startOfStored } from "./fingerprint.js";
import type { LaneEnvironment } from "./lane-environment.js";
import { createLaneParts, type LaneParts, loadParts } from "./lane-parts.js";
import { createNarrowing, type Narrowing } from "./narrowing.js";
import { createOutbox, type Outbox } from "./outbox.js";
import { createOwnership, type Ownership } from "./ownership.js";
import { releaseParked, stopRelease } from "./release-parked.js";
import { createReleases, type ReleaseStep, type Releases } from "./releases.js";
import { createTransactions, type Transactions } from "./transaction.js";

/** A lane with all that works on it. It holds no state of its own: each part does. */
interface ProjectionLane {
  readonly parts: LaneParts;
  readonly ownership: Ownership;
  readonly outbox: Outbox;
  readonly transactions: Transactions;
  readonly releases: Releases;
  readonly narrowing: Narrowing;
  /** Stops everything. */
  readonly signal: AbortSignal;
}

/**
 * Takes a lane from the store and works on it: batch by batch, each in one transaction fenced by the lane's epoch (P8).
 * `prepare` is called first.
 */
export function openProjectionLane(
  env: LaneEnvironment,
  taken: TakenLane,
  session: SessionContext,
  prepare: () => Promise<void>,
): LaneOpening {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, session.signal]);
  const loop = createWorkLoop({ step: () => step(lane), fail: session.fail, signal });
  const lane = createLane(env, taken, session, loop.wake, signal);
  const { parts, ownership, outbox, releases, transactions } = lane;

  const pending = () => ownership.isInDoubt() || outbox.pending() || parts.positions.areMissing(parts.queue.logs());
  /** What else there is to do wakes the loop itself: timers, releases, what was published. */
  const isIdle = () => parts.queue.size() === 0 && !pending() && parts.storeWait.reason() === null;
  const worker: LaneWorker = {
    queue: parts.queue,
    wake() {
      if (env.wallClock) parts.timers.tick();
      releases.tick(env.holds || transactions.mayHaveParked(), loop.wake);
      // A thousand lanes of which nothing came cost nothing.
      if (!isIdle()) loop.wake();
    },
    pending,
    waitsFor: parts.storeWait.reason,
    async stop(reason) {
      stopping.abort();
      if (reason !== "lost") await untilLate(loop.idle(), session.late);
    },
  };
  const open = async () => {
    await prepare();
    return { worker, starts: await take(lane, () => retry(laneRetry(signal), () => startsOf(lane, taken))) };
  };
  return { opened: open(), waitsFor: parts.storeWait.reason };
}

function createLane(
  env: LaneEnvironment,
  taken: TakenLane,
  session: SessionContext,
  wake: () => void,
  signal: AbortSignal,
): ProjectionLane {
  const { store, hooks, groupId, nowMs, core, homeLane } = env;
  const parts = createLaneParts(env, taken, session, wake);
  const { id } = parts;
  const ownership = createOwnership({
    ...{ store, lane: id, nowMs, signal, storeWait: parts.storeWait },
    fenced() {
      hooks.fenced?.({ group: groupId, domain: id.domain, lane: id.lane });
      wake();
    },
  });
  const outbox = createOutbox({
    ...{ core, homeLane, topics: env.projection.emits, clusterId: session.clusterId, lane: id.lane },
    ...{ published: wake, fail: session.fail, tooLarge: (event, error) => writeEmittedLetter(env, event, error) },
  });
  const transactions = createTransactions({ lane: parts, ownership, outbox });
  const releases = createReleases({ store, lane: id, nowMs });
  return { parts, ownership, outbox, transactions, releases, narrowing: createNarrowing(), signal };
}

/**
 * Takes the lane, and everything in memory from the store: from here on every former owner is fenced. Nothing is published
 * before the lane is checked.
 */
function take<Checked>(lane: ProjectionLane, check: () => Promise<Checked>): Promise<Checked> {
  const { parts, ownership, outbox, transactions, releases, signal } = lane;
  const { env, id } = parts;
  return ownership.take(async (snapshot, epoch) => {
    checkSnapshot(snapshot);
    loadParts(parts, snapshot);
    transactions.load(snapshot);
    releases.clear();
    // A former owner may have written the lane since this producer looked at it.
    await retry(laneRetry(signal), () => env.core.refreshLane(id.lane));
    const checked = await check();
    env.hooks.laneTaken?.({ group: env.groupId, domain: id.domain, lane: id.lane, epoch: snapshot.epoch });
    outbox.begin(epoch, snapshot.outbox);
    return checked;
  });
}

/** Where the owner starts each partition. Throws when a log is not the one that was applied. */
async function startsOf({ parts }: ProjectionLane, { partitions }: TakenLane): Promise<StartPosition[]> {
  const { transport } = parts.env;
  const ranges = await transport.logRanges(partitions);
  return Promise.all(
    partitions.map((partition, index) => {
      const range = ranges[index] ?? { start: 0, end: 0 };
      return startOfStored(transport, partition, parts.positions.stored(partition), range);
    }),
  );
}

/**
 * One transaction at most, or two about a release. A lane that is owned for the first time has one without events: what expires
 * before its first event comes would be skipped in silence otherwise. Resolves to whether there was anything to do.
 */
async function step(lane: ProjectionLane): Promise<boolean> {
  const { parts, ownership, outbox, narrowing, releases, signal } = lane;
  if (ownership.isInDoubt()) await recover(lane);
  if (signal.aborted) return false;
  const wanted = await parts.storeWait.ask(signal, releases.next);
  if (wanted) {
    await release(lane, wanted);
    return true;
  }
  const { batch, isTried } = await nextBatch(lane);
  // What is under suspicion is tried by itself, without rows of the outbox.
  const outboxRemoved = isTried || batch.alone ? [] : outbox.takePublished(batch.entries.length === 0);
  const isFirst = !isTried && parts.positions.areMissing(parts.queue.logs());
  if (batch.entries.length === 0 && outboxRemoved.length === 0 && !isFirst) {
    narrowing.done();
    return isTried;
  }
  await write(lane, batch, outboxRemoved);
  return true;
}

/** What is to be written next, and whether it is tried by itself since the store may refuse it. */
async function nextBatch({ parts, narrowing, signal }: ProjectionLane): Promise<{ batch: Batch; isTried: boolean }> {
  const suspects = narrowing.next();
  if (suspects) return { batch: await collectAgain(parts, suspects, signal), isTried: true };
  let batch = emptyBatch();
  for (const suspect of parts.apart.turns(parts.queue.candidates())) {
    batch = await (suspect ? collectAgain(parts, [suspect], signal) : collect(parts, signal));
    if (batch.entries.length === 0) continue;
    parts.apart.collected(suspect);
    return { batch, isTried: suspect !== null };
  }
  return { batch, isTried: false };
}

/** Writes the batch. One that the store refuses is narrowed down to what is to blame. */
async function write(lane: ProjectionLane, batch: Batch, outboxRemoved: readonly number[]): Promise<void> {
  const { parts, transactions, narrowing } = lane;
  try {
    if (!(await transactions.write(batch, { outboxRemoved }))) return;
  } catch (caught) {
    if (!isRefusal(caught)) throw caught;
    await blame(lane, batch, caught);
    return;
  }
  parts.storeWait.answered();
  narrowing.done();
  if (batch.entries.some(isApplied)) narrowing.succeeded();
  for (const entry of batch.entries) if (entry.work) parts.apart.written(entry.work.orderKey, isApplied(entry));
}

/** Releases one parked event. One whose effect the store refuses stops its command: its key stays parked. */
async function release(lane: ProjectionLane, wanted: ReleaseStep): Promise<void> {
  const { parts, releases, transactions, signal } = lane;
  try {
    await releaseParked(parts, releases, transactions, wanted, signal);
  } catch (caught) {
    if (!isRefusal(caught)) throw caught;
    const refused = (await isToBlame(lane, wanted.command.key, caught)) && (await stop(lane, wanted, caught));
    if (!refused) await laneWaits(lane, caught);
  }
}

/** Ends the command where it stands. Resolves to whether that was not refused as well. */
async function stop({ parts, releases, transactions }: ProjectionLane, wanted: ReleaseStep, error: KeylineError) {
  try {
    await stopRelease(parts, releases, transactions, wanted, error);
    return true;
  } catch (caught) {
    if (isRefusal(caught)) return false;
    throw caught;
  }
}

/** Takes the lane again, if it still is this member's. */
async function recover(lane: ProjectionLane): Promise<void> {
  await lane.ownership.pause();
  if (!lane.signal.aborted) await take(lane, async () => undefined);
}
