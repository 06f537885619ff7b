import type { LaneStatus } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";

/** A lane with what is still to be done in it, and since when nothing was. */
export interface LaneReport {
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
  /** Calls of handlers that take longer than they may. */
  readonly lateHandlers: number;
  readonly partitions: readonly (TopicPartition & { readonly finishedTo: number; readonly lag: number })[];
}

/** Watches whether the lanes of a process get on. */
export interface Progress {
  /** Looks at the lanes and at the ends of their logs. */
  look(): Promise<readonly LaneReport[]>;
}

export interface ProgressOptions {
  readonly lanes: () => readonly LaneStatus[];
  stableEnds(partitions: readonly TopicPartition[]): Promise<readonly number[]>;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** @see Progress */
export function createProgress({ lanes, stableEnds, nowMs }: ProgressOptions): Progress {
  // Invariant: `seen` has for each lane how much was finished, and since when that did not change while something
  // was left to do.
  const seen = new Map<string, { readonly finished: number; readonly sinceMs: number }>();

  const reportOf = (status: LaneStatus, ends: readonly number[]): LaneReport => {
    const partitions = status.partitions.map(({ topic, partition, finishedTo }, index) => ({
      topic,
      partition,
      finishedTo,
      lag: Math.max(0, (ends[index] ?? 0) - finishedTo),
    }));
    const lag = partitions.reduce((sum, one) => sum + one.lag, 0);
    const finished = partitions.reduce((sum, one) => sum + one.finishedTo, 0);
    const name = `${status.domain}/${status.lane}`;
    const last = seen.get(name);
    if (!last || last.finished !== finished || lag === 0) seen.set(name, { finished, sinceMs: nowMs() });
    const sinceMs = seen.get(name)?.sinceMs ?? nowMs();
    const { domain, lane, unfinished, unfinishedBytes, lateHandlers } = status;
    const waitsFor = status.waitsFor?.message ?? null;
    const stalledMs = Math.round(nowMs() - sinceMs);
    return { domain, lane, unfinished, unfinishedBytes, lag, stalledMs, waitsFor, lateHandlers, partitions };
  };

  return {
    async look() {
      const all = lanes();
      const ends = await stableEnds(all.flatMap(({ partitions }) => partitions));
      let at = 0;
      return all.map((status) => {
        const own = ends.slice(at, at + status.partitions.length);
        at += status.partitions.length;
        return reportOf(status, own);
      });
    },
  };
}
