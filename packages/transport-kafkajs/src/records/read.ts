import { KeylineError, type RecordBatch, type StartPosition, type TopicPartition } from "@keyline/runtime";
import { leaderOf, nameOf, persist } from "../client/cluster.js";
import type { KafkaCluster } from "../client/protocol.js";
import { logRanges } from "../client/topics.js";
import { failureOf, transportError } from "../errors.js";
import type { FetchLimits } from "../wire/fetch.js";
import { toBatch } from "./convert.js";
import { fetchFrom, hasMore } from "./fetch.js";
import { lostRecords } from "./lost-records.js";

export interface ReadOptions extends Omit<FetchLimits, "maxBytes"> {
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads one partition outside of any group. kafkajs has no such thing; its connection's fetch request has no group
 * either, so no throwaway group is left behind on the cluster.
 */
export async function* readPartition(
  cluster: KafkaCluster,
  target: TopicPartition,
  range: { readonly from: number; readonly to: number },
  options: ReadOptions,
): AsyncIterable<RecordBatch> {
  for (let from = range.from; from < range.to; ) {
    if (options.signal?.aborted) throw new KeylineError("aborted", `the caller gave up reading ${nameOf(target)}`);
    const batch = await fetchOne(cluster, { ...target, offset: from }, options);
    if (batch.nextOffset === from) {
      if (batch.logEnd <= from) return;
      continue;
    }
    const nextOffset = Math.min(batch.nextOffset, range.to);
    yield { ...batch, records: batch.records.filter(({ offset }) => offset < range.to), nextOffset };
    from = nextOffset;
  }
}

async function fetchOne(cluster: KafkaCluster, position: StartPosition, options: ReadOptions): Promise<RecordBatch> {
  try {
    const [fetched] = await persist(cluster, options, async () => {
      const leader = await cluster.findBroker({ nodeId: await leaderOf(cluster, position) });
      const rows = await fetchFrom(leader, [position], options);
      if (rows[0]?.error) throw rows[0].error;
      return rows;
    });
    if (!fetched) throw new KeylineError("transport_unavailable", `no broker answered for ${nameOf(position)}`);
    const batch = toBatch(position, position.offset, fetched);
    // Alone in its fetch a partition brings one batch at least; none at all is one that compaction has emptied.
    const emptied = batch.nextOffset === position.offset && hasMore(fetched, position.offset);
    return emptied ? { ...batch, nextOffset: position.offset + 1 } : batch;
  } catch (caught) {
    if (failureOf(caught).code !== "offset_out_of_range") throw transportError(caught, `read ${nameOf(position)}`);
    const [log = { start: 0, end: 0 }] = await logRanges(cluster, [position]);
    throw lostRecords(position, log);
  }
}
