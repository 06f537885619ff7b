import { KeylineError } from "../errors.js";
import { type Arrival, isRefused, placeOf, positionOf, readArrival } from "../lane/arrival.js";
import type { AttemptSpans } from "../lane/attempt-spans.js";
import type { LaneQueue } from "../lane/lane-queue.js";
import type { Work } from "../lane/work.js";
import { createAttemptCounter } from "./attempts.js";
import { createDeadLetters } from "./dead-letters.js";
import type { HandlerEnvironment } from "./environment.js";
import type { LateHandlers } from "./late-handlers.js";
import type { Once } from "./once.js";

export interface WorkHandlerOptions {
  readonly queue: LaneQueue<Arrival>;
  readonly clusterId: string;
  readonly once: Once;
  readonly late: LateHandlers;
  readonly spans: AttemptSpans;
  /** Fires when the lane begins to stop. */
  readonly stopping: AbortSignal;
  /** Fires when the lane is no longer this member's. */
  readonly gone: AbortSignal;
}

/** Handles a taken work to its end: handled, put back to be tried again, or dead-lettered. Null where that is at once. */
export type HandleWork = (work: Work<Arrival>) => Promise<void> | null;

/** @see HandleWork */
export function createWorkHandler(env: HandlerEnvironment, options: WorkHandlerOptions): HandleWork {
  const { hooks, nowMs, clock, call } = env;
  const { queue, clusterId, once, late, gone, spans } = options;
  const counter = createAttemptCounter<Work<Arrival>>(env.retry, clock);
  const deadLetter = createDeadLetters(env, spans, options.stopping);

  const finish = (work: Work<Arrival>) => {
    counter.done(work);
    queue.finish(work);
    queue.settle(work);
  };

  const succeeded = (work: Work<Arrival>, attempts: number, startedMs: number) => {
    finish(work);
    spans.end(work, { as: "handled" });
    hooks.handled?.({ ...positionOf(work), key: work.item.key, attempts, tookMs: nowMs() - startedMs });
  };

  const failed = async (work: Work<Arrival>, caught: unknown) => {
    // A handler that gives up because its lane is gone has not failed: the lane's next owner handles the event.
    if (gone.aborted) return spans.end(work, { as: "rolledBack" });
    const error = failureOf(work, caught);
    const attempt = counter.failed(work, caught);
    if (attempt.delayMs === null) {
      // Acknowledged before the offset may be committed: a crash between repeats the letter, and loses none.
      await deadLetter(work, error, attempt);
      return finish(work);
    }
    const { attempts, delayMs } = attempt;
    spans.end(work, { as: "failed", error, delayMs });
    hooks.retried?.({ ...positionOf(work), key: work.item.key, attempt: attempts, delayMs, error });
    queue.putBack([work], nowMs() + delayMs);
  };

  const refuse = async (work: Work<Arrival>, refused: KeylineError) => {
    spans.begin(work, work.item, refused, 1);
    await deadLetter(work, refused, { attempts: 0, firstAtMs: clock() });
    finish(work);
  };

  return (work) => {
    if (isForAnother(work, env.groupId)) return passOver(env, work, finish);
    const read = readArrival(work.item);
    if (isRefused(read)) return refuse(work, read);
    const attempt = counter.next(work);
    if (attempt === 1 && read.warnings.includes("integer_rounded"))
      hooks.integerRounded?.({ ...positionOf(work), key: work.item.key });
    spans.begin(work, work.item, read, attempt);
    const startedMs = hooks.handled ? nowMs() : 0;
    const watched = late.watch(work, attempt, gone);
    let result: unknown;
    try {
      result = spans.run(work, () => call(work, read, { attempt, clusterId, once, gone: watched?.signal ?? gone }));
    } catch (caught) {
      watched?.end();
      return failed(work, caught);
    }
    if (!isThenable(result)) {
      watched?.end();
      succeeded(work, attempt, startedMs);
      return null;
    }
    return Promise.resolve(result)
      .finally(watched?.end)
      .then(
        () => succeeded(work, attempt, startedMs),
        (caught: unknown) => failed(work, caught),
      );
  };
}

/** Whether it is a dead letter that was sent again for another group. */
const isForAnother = ({ item: { redelivery } }: Work<Arrival>, groupId: string): boolean =>
  redelivery !== null && redelivery.group !== groupId;

/** Finishes what no handler gets. */
function passOver({ hooks }: HandlerEnvironment, work: Work<Arrival>, finish: (work: Work<Arrival>) => void): null {
  finish(work);
  hooks.ignored?.({ ...positionOf(work), key: work.item.key, reason: "other_group" });
  return null;
}

const failureOf = (work: Work<Arrival>, caught: unknown): KeylineError =>
  new KeylineError("handler_failed", `cannot handle ${placeOf(work)}: ${messageOf(caught)}`, { cause: caught });

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

const messageOf = (caught: unknown) => (caught instanceof Error ? caught.message : String(caught));
