import { KeylineError } from "../errors.js";
import { finishedTo } from "../lane/partition-log.js";
import type { WaitingLane } from "./lane-openings.js";
import type { MemberLane } from "./lane-worker.js";
import type { Session } from "./session.js";
import type { CloseOptions, Consumer, LaneStatus } from "./types.js";
import { untilLate } from "./until-late.js";
import type { WrongCounts } from "./wrong-counts.js";

const closeWithinMs = 30_000;

export interface ConsumerParts {
  readonly groupId: string;
  readonly session: Session;
  readonly counts: Pick<WrongCounts, "error">;
  /** Ends what the session used. */
  release(): Promise<void>;
}

/**
 * What users hold of a session: the same for plain consumers and projections.
 *
 * Invariant: the session is started once and closed once, whatever is called how often; it is closed after a start that
 * failed and after every run.
 */
export function consumerOf({ groupId, session, counts, release }: ConsumerParts): Consumer {
  let closing: Promise<void> | null = null;
  const close = ({ timeoutMs = closeWithinMs, leave = false }: CloseOptions = {}) => {
    closing ??= session.close({ timeoutMs, leave }).finally(release);
    return closing;
  };
  let starting: Promise<void> | null = null;
  const start = () => {
    starting ??= session.start().catch(async (caught: unknown) => {
      await close().catch(() => undefined);
      throw caught;
    });
    return starting;
  };
  return {
    groupId,
    check() {
      session.check();
      const closed = (state: string) => new KeylineError("closed", `the consumer of group ${groupId} ${state}`);
      if (closing) throw closed("was closed");
      if (!session.isMember()) {
        const [waiting] = session.waiting();
        throw waiting?.waitsFor ?? closed("has not joined its group, or lost its place and joins again");
      }
      const wrong = counts.error();
      if (wrong) throw wrong;
    },
    async start() {
      await start();
      session.check();
    },
    close,
    [Symbol.asyncDispose]: () => close(),
    lanes() {
      session.check();
      return [...[...session.lanes()].map(statusOf), ...session.waiting().map(statusOfWaiting)];
    },
    async caughtUp(options = {}) {
      const { signal } = options;
      // Before it has joined it has no lanes: there would be nothing to wait for.
      if (starting) await (signal ? untilLate(starting, signal) : starting);
      signal?.throwIfAborted();
      return session.caughtUp(options);
    },
    async run({ signal } = {}) {
      const onAbort = () => void close().catch(() => undefined);
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        if (!signal?.aborted) {
          await start();
          await session.ended;
        }
      } finally {
        signal?.removeEventListener("abort", onAbort);
        await close();
      }
    },
  };
}

/** While the store does not answer, it is not known where the partitions of a lane start. */
const statusOfWaiting = ({ group, lane, waitsFor }: WaitingLane): LaneStatus => ({
  ...{ domain: group.name, lane, waitsFor },
  ...{ unfinished: 0, unfinishedBytes: 0, lateHandlers: 0, partitions: [] },
});

function statusOf({ group, lane, worker }: MemberLane): LaneStatus {
  const logs = [...worker.queue.logs()];
  return {
    domain: group.name,
    lane,
    unfinished: worker.queue.size(),
    unfinishedBytes: worker.queue.bytes(),
    waitsFor: worker.waitsFor?.() ?? null,
    lateHandlers: worker.lateHandlers?.() ?? 0,
    partitions: logs.map((log) => ({
      topic: log.topic,
      partition: log.partition,
      finishedTo: finishedTo(log),
      fetchedTo: log.next,
    })),
  };
}
