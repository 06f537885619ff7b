import { setTimeout as sleep } from "node:timers/promises";
import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { consumerOf } from "../group/consumer.js";
import type { LaneWorker, SessionContext, TakenLane } from "../group/lane-worker.js";
import { handlerOf, readTopics } from "../group/read-topics.js";
import { createSession } from "../group/session.js";
import { startOf } from "../group/start-position.js";
import type { Consumer } from "../group/types.js";
import { safeHooks } from "../hooks.js";
import { type Arrival, placeOf, positionOf } from "../lane/arrival.js";
import { deadLetterRequest } from "../lane/dead-letter.js";
import { createLaneQueue } from "../lane/lane-queue.js";
import type { Work } from "../lane/work.js";
import { whileHandling } from "../producer/handling.js";
import type { WriteRequest } from "../producer/write-request.js";
import { createWriter } from "../producer/writer.js";
import { nextDelayMs } from "../retry.js";
import { EventContext, EventHandling } from "./handled-event.js";
import { createTurn } from "./turn.js";
import type { ConsumerOptions } from "./types.js";

/** How often one event has failed so far. */
interface Failures {
  readonly attempts: number;
  readonly firstAtMs: number;
}

/**
 * Makes a consumer that calls a handler for each event: a key's events one after the other, in order, each after what
 * caused it; keys side by side. At least once: after a crash, or when the lane was lost, an event may be handled again.
 * Throws `options_invalid` when the options contradict each other.
 */
export function createConsumer<T extends Topics>(topics: T, options: ConsumerOptions<T>): Consumer {
  const { transport, groupId, clock = Date.now, concurrency = 16 } = options;
  const nowMs = () => performance.now();
  const hooks = safeHooks(options.hooks);
  if (options.onFailure === "hold") {
    throw new KeylineError(
      "options_invalid",
      `group ${groupId} cannot hold failed keys: parking needs a store, which only projections have`,
    );
  }
  if (!(concurrency >= 1))
    throw new KeylineError("options_invalid", `group ${groupId} needs a concurrency of 1 or more`);
  const read = readTopics(topics, options.on, options.parameters);
  const writer = createWriter({
    transport,
    nowMs: clock,
    hooks: {},
    deliveryTimeoutMs: 120_000,
    lingerMs: 0,
    maxBatchRecords: 1000,
  });
  /** Keys with a handler running, by domain, over lanes: a lane that was lost and comes back may still have one. */
  const handling = new Map<string, Set<string>>();
  const workers = new Set<{ next(): boolean }>();
  let running = 0;
  const turn = createTurn(() => pump());

  /** Fills the free slots, one work of each lane in turn, so that a busy lane starves no other. */
  const pump = () => {
    for (let found = true; found && running < concurrency && turn.goesOn(); ) {
      found = false;
      for (const worker of workers) if (running < concurrency && worker.next()) found = true;
    }
  };

  const openLane = async (lane: TakenLane, { clusterId, consumer, fail }: SessionContext) => {
    const abort = new AbortController();
    const underWay = new Set<Promise<void>>();
    const failures = new Map<Work<Arrival>, Failures>();
    let stopped = false;
    const queue = createLaneQueue<Arrival>({
      nowMs,
      held: (work, cause) => hooks.held?.({ ...positionOf(work), key: work.item.key ?? "", cause }),
      released: (work, heldMs) => hooks.released?.({ ...positionOf(work), key: work.item.key ?? "", heldMs }),
      causeIgnored: (work, reason) => hooks.causeIgnored?.({ ...positionOf(work), reason }),
    });

    /** What the handler returned: a promise, or nothing. */
    const call = (work: Work<Arrival>, attempt: number): unknown => {
      const { decoded, topic } = work.item;
      if (decoded.kind !== "event") return undefined;
      const handler = handlerOf(options.on[topic.name], decoded.messageName);
      if (!handler) return undefined;
      const ctx = new EventContext(work.item, decoded, attempt, abort.signal);
      const handling = new EventHandling(work, decoded, clusterId);
      return whileHandling(handling, handler as (...given: unknown[]) => unknown, decoded.payload, ctx);
    };

    /** Until it is in the log: a letter that is there twice is better than none. */
    const writeSurely = async (request: WriteRequest) => {
      for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
        try {
          return await writer.write(request);
        } catch (caught) {
          const error = KeylineError.from(caught, "outcome_unknown", "cannot write a dead letter");
          if (stopped || !(error.retryable || error.code === "outcome_unknown")) throw error;
          await sleep(pauseMs);
        }
      }
    };

    const deadLetter = async (work: Work<Arrival>, error: KeylineError, { attempts, firstAtMs }: Failures) => {
      const { record, key } = work.item;
      // Acknowledged before the offset may be committed: a crash between repeats the letter, and loses none.
      const letter = { record, error, groupId, attempts, firstAtMs, lastAtMs: clock() };
      await writeSurely(deadLetterRequest(letter, transport.maxBatchBytes));
      hooks.deadLettered?.({ ...positionOf(work), key, error });
    };

    const finish = (work: Work<Arrival>) => {
      failures.delete(work);
      queue.finish(work);
      queue.settle(work);
    };

    const failed = async (work: Work<Arrival>, caught: unknown, attempts: number) => {
      const error = new KeylineError("handler_failed", `cannot handle ${placeOf(work)}: ${messageOf(caught)}`, {
        cause: caught,
      });
      const firstAtMs = failures.get(work)?.firstAtMs ?? clock();
      const delayMs = nextDelayMs(options.retry ?? {}, attempts, clock() - firstAtMs);
      if (delayMs === null) {
        await deadLetter(work, error, { attempts, firstAtMs });
        return finish(work);
      }
      failures.set(work, { attempts, firstAtMs });
      hooks.retried?.({ ...positionOf(work), key: work.item.key, attempt: attempts, delayMs, error });
      queue.putBack([work], nowMs() + delayMs);
    };

    const refuse = async (work: Work<Arrival>, refused: KeylineError) => {
      await deadLetter(work, refused, { attempts: 0, firstAtMs: clock() });
      finish(work);
    };

    /** Runs the handler. A promise where something is still under way; none where the handler returned none. */
    const handle = (work: Work<Arrival>): Promise<void> | null => {
      const attempts = (failures.get(work)?.attempts ?? 0) + 1;
      const startedMs = hooks.handled ? nowMs() : 0;
      let result: unknown;
      try {
        result = call(work, attempts);
      } catch (caught) {
        return gaveUp(work, caught, attempts);
      }
      if (!isThenable(result)) {
        succeeded(work, attempts, startedMs);
        return null;
      }
      return Promise.resolve(result).then(
        () => succeeded(work, attempts, startedMs),
        (caught: unknown) => gaveUp(work, caught, attempts),
      );
    };

    const succeeded = (work: Work<Arrival>, attempts: number, startedMs: number) => {
      finish(work);
      hooks.handled?.({ ...positionOf(work), key: work.item.key, attempts, tookMs: nowMs() - startedMs });
    };

    /** A handler that gives up because its lane is gone has not failed: the lane's next owner handles the event. */
    const gaveUp = (work: Work<Arrival>, caught: unknown, attempts: number): Promise<void> =>
      abort.signal.aborted ? Promise.resolve() : failed(work, caught, attempts);

    // Not by lane: an event on a wrong partition is of the same key.
    const busy = handling.get(lane.group.name) ?? new Set<string>();
    handling.set(lane.group.name, busy);
    const isFree = (orderKey: string) => !busy.has(orderKey);
    const leave = (work: Work<Arrival>) => {
      running -= 1;
      busy.delete(work.orderKey);
    };
    const worker = {
      next(): boolean {
        const work = stopped ? null : queue.take(isFree);
        if (!work) return false;
        busy.add(work.orderKey);
        running += 1;
        const { refused } = work.item;
        const started = refused ? refuse(work, refused) : handle(work);
        if (started === null) {
          leave(work);
          return true;
        }
        const done: Promise<void> = started.catch(fail).finally(() => {
          leave(work);
          underWay.delete(done);
          pump();
        });
        underWay.add(done);
        return true;
      },
    };
    workers.add(worker);
    const committed = await consumer.committed(lane.partitions);
    const ranges = await transport.logRanges(lane.partitions);
    const starts = lane.partitions.map((partition, index) =>
      startOf(partition, committed[index] ?? null, ranges[index] ?? { start: 0, end: 0 }),
    );
    hooks.laneTaken?.({ group: groupId, domain: lane.group.name, lane: lane.lane, epoch: null });
    const laneWorker: LaneWorker = {
      queue,
      wake: pump,
      async stop(reason) {
        stopped = true;
        workers.delete(worker);
        if (reason === "lost")
          abort.abort(new KeylineError("lane_lost", `lane ${lane.group.name}/${lane.lane} was taken away`));
        else await Promise.all(underWay);
        abort.abort(new KeylineError("lane_lost", `lane ${lane.group.name}/${lane.lane} was given back`));
      },
    };
    return { worker: laneWorker, starts };
  };

  const session = createSession({
    transport,
    groupId,
    topics: read,
    hooks,
    nowMs,
    bufferRecords: options.bufferRecords ?? 1000,
    onWrongPartition: options.onWrongPartition ?? "process",
    commitIntervalMs: options.commitIntervalMs ?? 1000,
    openLane,
  });
  return consumerOf(session, () => writer.close(5000));
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

const messageOf = (caught: unknown) => (caught instanceof Error ? caught.message : String(caught));
