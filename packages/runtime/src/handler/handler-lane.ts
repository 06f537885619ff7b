import { KeylineError } from "../errors.js";
import type { OpenedLane } from "../group/lane-openings.js";
import { laneRetry } from "../group/lane-retry.js";
import type { LaneWorker, SessionContext, TakenLane } from "../group/lane-worker.js";
import { startOf } from "../group/start-position.js";
import { untilLate } from "../group/until-late.js";
import type { Arrival } from "../lane/arrival.js";
import { attemptSpans } from "../lane/attempt-spans.js";
import { createLaneQueue } from "../lane/lane-queue.js";
import { queueEvents } from "../lane/queue-events.js";
import type { StartPosition } from "../ports/transport.js";
import { retry } from "../retry.js";
import type { HandlerEnvironment } from "./environment.js";
import { createWorkHandler } from "./handle-work.js";
import { createLateHandlers } from "./late-handlers.js";
import { checkKept, createOnce } from "./once.js";

/** Takes a lane whose events handlers get. It starts where the commits to the group say that it is finished. */
export async function openHandlerLane(
  env: HandlerEnvironment,
  lane: TakenLane,
  session: SessionContext,
): Promise<OpenedLane> {
  const { groupId } = env;
  const starts = await retry(laneRetry(session.signal), () => startsOf(env, lane, session));
  env.hooks.laneTaken?.({ group: groupId, domain: lane.group.name, lane: lane.lane, epoch: null });
  return { worker: createHandlerLane(env, lane, session), starts };
}

async function startsOf(
  { groupId, transport, once }: HandlerEnvironment,
  { group: { topics }, partitions }: TakenLane,
  { consumer }: SessionContext,
): Promise<StartPosition[]> {
  if (once) await checkKept(once, { transport, groupId, topics });
  const committed = await consumer.committed(partitions);
  const ranges = await transport.logRanges(partitions);
  return partitions.map((partition, index) =>
    startOf(partition, committed[index] ?? null, ranges[index] ?? { start: 0, end: 0 }),
  );
}

/**
 * Invariant: `underWay` has a promise for each work that holds a slot and has not settled. Once `stopping` has fired, no further
 * work begins; once `gone` has fired, what a handler does counts for nothing: another process may handle the key now.
 */
function createHandlerLane(env: HandlerEnvironment, lane: TakenLane, session: SessionContext): LaneWorker {
  const { hooks, slots, nowMs } = env;
  const stopping = new AbortController();
  const gone = new AbortController();
  const underWay = new Set<Promise<void>>();
  const spans = attemptSpans(env.tracing, env.groupId);
  const queue = createLaneQueue<Arrival>({ nowMs, ...queueEvents(hooks, spans) });
  const late = createLateHandlers({ timeoutMs: env.handlerTimeoutMs, hooks });
  const handle = createWorkHandler(env, {
    ...{ queue, late, spans, clusterId: session.clusterId },
    once: createOnce(env.once, env.groupId, session.consumer),
    stopping: stopping.signal,
    gone: gone.signal,
  });
  const keys = slots.ofDomain(lane.group.name);

  /** What is left undone when its lane is stopped is not committed: the lane's next owner does it. */
  const fail = (caught: unknown) => {
    if (!stopping.signal.aborted) session.fail(caught);
  };

  const user = {
    next(): boolean {
      const work = stopping.signal.aborted ? null : queue.take(keys.isFree);
      if (!work) return false;
      keys.take(work.orderKey);
      const started = handle(work);
      if (started === null) {
        keys.release(work.orderKey);
        return true;
      }
      const done: Promise<void> = started.catch(fail).finally(() => {
        keys.release(work.orderKey);
        underWay.delete(done);
        wake();
      });
      underWay.add(done);
      return true;
    },
  };
  const wake = () => slots.wake(user);

  return {
    queue,
    wake,
    lateHandlers: late.count,
    async stop(reason) {
      stopping.abort();
      const name = `${lane.group.name}/${lane.lane}`;
      if (reason === "lost") return gone.abort(new KeylineError("lane_lost", `lane ${name} was lost`));
      await untilLate(Promise.all(underWay), session.late);
      gone.abort(new KeylineError("lane_lost", `lane ${name} was revoked`));
    },
  };
}
