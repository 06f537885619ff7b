import type { Consumer, LaneStatus, Transport } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";

/** A lane with what is still to be done in it, and since when nothing was. */
export interface LaneReport {
  readonly group: string;
  readonly domain: string;
  readonly lane: number;
  readonly unfinished: number;
  readonly unfinishedBytes: number;
  /** Records that can be read in the lane's logs and are not finished: none behind a transaction that is open. */
  readonly lag: number;
  /** How long the lane has had something to do and finished nothing. */
  readonly stalledMs: number;
  /** Why the lane waits for its store; null while it does not. */
  readonly waitsFor: string | null;
  /** Calls of handlers that run longer than handlerTimeoutMs. */
  readonly lateHandlers: number;
  readonly partitions: readonly (TopicPartition & { readonly finishedTo: number; readonly lag: number })[];
}

/** What is watched of a consumer or a projector. */
export type WatchedConsumer = Pick<Consumer, "groupId" | "lanes">;

export interface ProgressOptions {
  readonly consumers: readonly WatchedConsumer[];
  readonly transport: Pick<Transport, "stableEnds">;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Looks at the lanes of consumers and at the ends of their logs: whether they get on.
 *
 * Invariant: `seen` has for each lane that was looked at how much was finished, and since when that did not change while
 * something was left to do.
 */
export function createProgress({ consumers, transport, nowMs }: ProgressOptions): () => Promise<readonly LaneReport[]> {
  const seen = new Map<string, { readonly finished: number; readonly sinceMs: number }>();

  const stalledMs = (name: string, finished: number, lag: number): number => {
    const last = seen.get(name);
    const sinceMs = last && last.finished === finished && lag > 0 ? last.sinceMs : nowMs();
    seen.set(name, { finished, sinceMs });
    return Math.round(nowMs() - sinceMs);
  };

  const reportOf = (group: string, status: LaneStatus, ends: readonly number[]): LaneReport => {
    const partitions = status.partitions.map(({ topic, partition, finishedTo }, index) => ({
      topic,
      partition,
      finishedTo,
      lag: Math.max(0, (ends[index] ?? 0) - finishedTo),
    }));
    const lag = partitions.reduce((sum, one) => sum + one.lag, 0);
    const finished = partitions.reduce((sum, one) => sum + one.finishedTo, 0);
    const { domain, lane, unfinished, unfinishedBytes, lateHandlers } = status;
    return {
      ...{ group, domain, lane, unfinished, unfinishedBytes, lag },
      stalledMs: stalledMs(`${group} ${domain} ${lane}`, finished, lag),
      waitsFor: status.waitsFor?.message ?? null,
      lateHandlers,
      partitions,
    };
  };

  return async () => {
    const all = consumers.flatMap(({ groupId, lanes }) => lanes().map((status) => ({ groupId, status })));
    const ends = await transport.stableEnds(all.flatMap(({ status }) => status.partitions));
    let at = 0;
    return all.map(({ groupId, status }) => {
      const own = ends.slice(at, at + status.partitions.length);
      at += status.partitions.length;
      return reportOf(groupId, status, own);
    });
  };
}
