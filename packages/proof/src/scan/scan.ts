import { isKeylineError, type Transport } from "@keyline/runtime";
import type { RecordBatch } from "@keyline/runtime/transport";
import type { ScanRange } from "./plan.js";

/** The progress of a scan. */
export interface ScanProgress {
  readonly records: number;
  /** The number of offsets passed; a log with gaps has fewer records. */
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

/** A part of a log that should have been read and was not. */
export interface Uncovered extends ScanRange {
  readonly reason: string;
}

/** The result of a scan. */
export interface ScanOutcome {
  readonly records: number;
  readonly elapsedMs: number;
  /** The parts that were not read, with the reason; empty after a complete scan. */
  readonly uncovered: readonly Uncovered[];
  /** Whether the signal ended it: then the rest is also in `uncovered`. */
  readonly interrupted: boolean;
}

/** The options of a scan. */
export interface ScanOptions {
  /**
   * Called with each batch, in order of offset for each partition; a partition is not read further before its promise
   * resolves. It must not keep the batch: memory is bounded by the batches in flight.
   */
  readonly batch: (batch: RecordBatch) => void | Promise<void>;
  readonly progress?: ((progress: ScanProgress) => void) | undefined;
  /** Ends the scan; records that were read until then count. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many partitions are read at once. At most twice as many batches are in memory, since each is read one batch
   * ahead. Default 8.
   */
  readonly concurrency?: number;
}

/** After so many partitions in a row that no broker answered for, the rest is not tried: each takes as long as a timeout. */
const givingUpAfter = 3;

/**
 * Reads parts of logs outside of any consumer group. Never rejects: a partition that cannot be read, or only in part
 * (no right, an unavailable broker, a log that is truncated meanwhile), is named in the outcome, and the others are
 * read.
 */
export async function scan(
  transport: Transport,
  ranges: readonly ScanRange[],
  options: ScanOptions,
): Promise<ScanOutcome> {
  const { signal, concurrency = 8 } = options;
  const startMs = performance.now();
  const total = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const uncovered: Uncovered[] = [];
  let [next, records, done, failures] = [0, 0, 0, 0];

  const tell = async (batch: RecordBatch, from: number) => {
    failures = 0;
    records += batch.records.length;
    done += batch.nextOffset - from;
    await options.batch(batch);
    options.progress?.({ records, done, total, elapsedMs: performance.now() - startMs });
  };

  /** Resolves to where reading ended before the range did, and why. */
  const read = async (range: ScanRange): Promise<Uncovered | null> => {
    let { from } = range;
    try {
      for await (const batch of transport.read(range, { from, to: range.to }, signal ? { signal } : {})) {
        await tell(batch, from);
        from = batch.nextOffset;
        if (signal?.aborted) break;
      }
      if (from >= range.to) return null;
      return { ...range, from, reason: signal?.aborted ? interruption : "the log was cut off while it was read" };
    } catch (caught) {
      if (isKeylineError(caught) && caught.code === "transport_unavailable") failures += 1;
      return { ...range, from, reason: signal?.aborted ? interruption : reasonOf(caught) };
    }
  };

  const readOn = async (range: ScanRange): Promise<void> => {
    const left = await read(range);
    if (left === null) return;
    const start = signal?.aborted ? null : await startOf(transport, range);
    if (start === null || start <= left.from || start >= left.to) {
      uncovered.push(left);
      return;
    }
    // Retention deleted what came next: the rest is still there.
    uncovered.push({ ...left, to: start, reason: "deleted by the cluster before it was read" });
    done += start - left.from;
    await readOn({ ...range, from: start });
  };

  const work = async () => {
    for (let range = ranges[next]; range; range = ranges[next]) {
      next += 1;
      if (signal?.aborted) uncovered.push({ ...range, reason: interruption });
      else if (failures >= givingUpAfter) uncovered.push({ ...range, reason: "not tried, since no broker answers" });
      else await readOn(range);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, ranges.length) }, work));
  return { records, elapsedMs: performance.now() - startMs, uncovered, interrupted: signal?.aborted ?? false };
}

const interruption = "interrupted";

const reasonOf = (caught: unknown): string => {
  if (isKeylineError(caught)) return caught.rawMessage;
  return caught instanceof Error ? caught.message : String(caught);
};

/** Where the log starts now; null where it is not known. */
async function startOf(transport: Transport, range: ScanRange): Promise<number | null> {
  const asked = await transport.logRanges([range]).catch(() => []);
  return asked[0]?.start ?? null;
}
