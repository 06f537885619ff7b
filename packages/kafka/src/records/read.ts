import { KeylineError } from "@keyline/runtime";
import type { ReadOptions, RecordBatch, StartPosition, TopicPartition } from "@keyline/runtime/transport";
import { type Cluster, retryOn } from "../client/cluster.js";
import { logRanges } from "../client/topics.js";
import { failureOf, transportError } from "../errors.js";
import { nameOf } from "../partitions.js";
import type { FetchLimits } from "../wire/fetch.js";
import type { Keep } from "../wire/read-batches.js";
import { toBatch } from "./convert.js";
import { fetchFrom, hasMore } from "./fetch.js";
import { lostRecords } from "./lost-records.js";

export interface ReadPartitionOptions extends ReadOptions, Omit<FetchLimits, "maxBytes"> {
  readonly withinMs: number;
}

/**
 * How long the end of a transaction is waited for. Most end within moments; one whose producer died stays open for its
 * `transaction.timeout.ms`, which may be minutes.
 */
const openTransactionMs = 3000;

/** What one fetch brought. */
interface Read {
  readonly batch: RecordBatch;
  /** An open transaction lies at the position: nothing is handed out before it ends. */
  readonly isBlocked: boolean;
}

/**
 * Reads one partition outside of any group, one fetch ahead of its caller: two are in memory at most. No throwaway group
 * is left behind on the cluster.
 * Throws `timed_out` before a transaction that stays open: what lies behind its first record cannot be read for now.
 */
export async function* readPartition(
  cluster: Cluster,
  target: TopicPartition,
  range: { readonly from: number; readonly to: number },
  options: ReadPartitionOptions,
): AsyncIterable<RecordBatch> {
  const { keep } = options;
  const fetch = (offset: number): Promise<Read> => {
    const isWanted = keep && ((key: Uint8Array | null, at: number) => at >= offset && at < range.to && keep(key));
    const fetching = fetchOne(cluster, { ...target, offset }, options, isWanted);
    // Of one whose caller reads no further.
    fetching.catch(() => undefined);
    return fetching;
  };
  let blockedSinceMs: number | null = null;
  let [from, ahead] = [range.from, range.from < range.to ? fetch(range.from) : null];
  while (ahead) {
    if (options.signal?.aborted) throw new KeylineError("aborted", `the caller gave up reading ${nameOf(target)}`);
    const { batch, isBlocked }: Read = await ahead;
    blockedSinceMs = isBlocked ? (blockedSinceMs ?? performance.now()) : null;
    if (blockedSinceMs !== null && performance.now() - blockedSinceMs > openTransactionMs) {
      throw openTransaction(target, from, range.to);
    }
    const nextOffset = Math.min(batch.nextOffset, range.to);
    if (nextOffset === from && batch.logEnd <= from) return;
    ahead = nextOffset < range.to ? fetch(nextOffset) : null;
    if (nextOffset === from) continue;
    yield { ...batch, records: batch.records.filter(({ offset }) => offset < range.to), nextOffset };
    from = nextOffset;
  }
}

async function fetchOne(
  cluster: Cluster,
  position: StartPosition,
  options: ReadPartitionOptions,
  keep: Keep | undefined,
): Promise<Read> {
  try {
    const [fetched] = await retryOn(cluster, options, async () => {
      const leader = cluster.broker(await cluster.leaderOf(position));
      const rows = await fetchFrom(leader, [position], { ...options, keep });
      if (rows[0]?.error) throw rows[0].error;
      return rows;
    });
    if (!fetched) throw new KeylineError("transport_unavailable", `no broker answered for ${nameOf(position)}`);
    const batch = toBatch(position, position.offset, fetched);
    // Alone in its fetch a partition brings one batch at least; none at all is one that compaction has emptied.
    const emptied = batch.nextOffset === position.offset && hasMore(fetched, position.offset);
    return {
      batch: emptied ? { ...batch, nextOffset: position.offset + 1 } : batch,
      isBlocked: fetched.lastStableOffset <= position.offset && fetched.highWatermark > position.offset,
    };
  } catch (caught) {
    if (failureOf(caught).code !== "offset_out_of_range") throw transportError(caught, `read ${nameOf(position)}`);
    const [log = { start: 0, end: 0 }] = await logRanges(cluster, [position]);
    throw lostRecords(position, log);
  }
}

const openTransaction = (target: TopicPartition, from: number, to: number): KeylineError =>
  new KeylineError(
    "timed_out",
    `cannot read ${nameOf(target)} from ${from} to ${to}: a transaction is open at ${from}; it ends with its producer, or by its transaction.timeout.ms`,
    // A later attempt gets further.
    { retryable: true },
  );
