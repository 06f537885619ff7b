import type { Topics, Transport } from "@keyline/runtime";
import type { DomainDescriptor, Partitioner } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { asNumber, hashBytes } from "../audit/hash.js";
import { planScan, type ScanProgress, scan, type Uncovered, type UnreadTopic } from "../scan/index.js";
import { recordBytes } from "../scan/record-bytes.js";
import { createSpaceSaving, type HotKey } from "./space-saving.js";
import { createTimeBuckets, type TimeSpan } from "./time-buckets.js";
import { createWhatIfs, type WhatIf } from "./what-if.js";

/** Which load to measure. */
export interface SkewOptions {
  readonly topics: Topics;
  readonly domain: DomainDescriptor;
  /** Addresses of the topics to read. Default all of the domain. */
  readonly only?: readonly string[] | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** How many hot keys to report. Default 10. */
  readonly top?: number | undefined;
  /** Partition counts to try. Default half, the same, twice and four times the current count. */
  readonly counts?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((progress: ScanProgress) => void) | undefined;
}

/** The load of one lane: one partition of all topics of the domain. */
export interface LaneLoad {
  readonly partition: number;
  readonly records: number;
  readonly bytes: number;
}

/** How evenly a domain's records are distributed. */
export interface SkewReport {
  readonly domain: string;
  readonly partitioner: Partitioner;
  readonly records: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly complete: boolean;
  readonly interrupted: boolean;
  readonly uncovered: readonly Uncovered[];
  readonly missing: readonly string[];
  readonly refused: readonly UnreadTopic[];
  readonly lanes: readonly LaneLoad[];
  /** The busiest lane's records divided by the mean. */
  readonly maxOverMean: number;
  /** Records without a key: no key chose their lane. */
  readonly unkeyed: number;
  readonly hotKeys: readonly HotKey[];
  /** No hot key's count is too high by more than this; any key above it is among those that were counted. */
  readonly errorBound: number;
  /** The share of all records that the reported hot keys have, at most. */
  readonly topShare: number;
  readonly overTime: readonly TimeSpan[];
  readonly whatIf: readonly WhatIf[];
}

/** Counters of hot keys: no count is off by more than a ten-thousandth of the records. */
const counters = 10_000;
const mostSpans = 32;

/** Reads a domain's topics and measures their load. Rejects if the cluster cannot be reached at all. */
export async function measureSkew(transport: Transport, options: SkewOptions): Promise<SkewReport> {
  const { domain, only = domain.topics, sinceMs, untilMs, signal, progress, top = 10 } = options;
  const plan = await planScan(transport, { topics: only, sinceMs, untilMs });
  const lanes = Math.max(1, ...plan.partitionCounts.values());
  const counts = options.counts ?? defaultCounts(lanes);
  const records = new Float64Array(lanes);
  const bytes = new Float64Array(lanes);
  const hot = createSpaceSaving(counters);
  const spans = createTimeBuckets(lanes, mostSpans);
  const whatIfs = createWhatIfs(counts);
  let unkeyed = 0;

  const look = (record: ConsumerRecord) => {
    const { key, partition, timestampMs } = record;
    records[partition] = (records[partition] ?? 0) + 1;
    bytes[partition] = (bytes[partition] ?? 0) + recordBytes(record);
    spans.add(timestampMs, partition, 1);
    if (key === null) {
      unkeyed += 1;
      return;
    }
    hot.add(nameOf(key));
    whatIfs.add(key);
  };

  const outcome = await scan(transport, plan.ranges, {
    ...{ signal, progress },
    batch: (batch) => batch.records.forEach(look),
  });
  const total = outcome.records;
  const hotKeys = hot.top(top);
  return {
    ...{ domain: domain.name, partitioner: domain.partitioner, records: total, elapsedMs: outcome.elapsedMs },
    bytes: bytes.reduce((sum, some) => sum + some, 0),
    complete: outcome.uncovered.length === 0 && plan.refused.length === 0,
    ...{ interrupted: outcome.interrupted, uncovered: outcome.uncovered },
    ...{ missing: plan.missing, refused: plan.refused, unkeyed, hotKeys },
    lanes: Array.from(records, (count, partition) => ({ partition, records: count, bytes: bytes[partition] ?? 0 })),
    maxOverMean: total === 0 ? 1 : (Math.max(...records) * lanes) / total,
    errorBound: hot.errorBound(),
    topShare: total === 0 ? 0 : Math.min(1, hotKeys.reduce((sum, { weight }) => sum + weight, 0) / total),
    overTime: spans.spans(),
    whatIf: whatIfs.result(),
  };
}

const defaultCounts = (lanes: number): readonly number[] => [
  ...(lanes > 1 ? [Math.ceil(lanes / 2)] : []),
  ...[lanes, lanes * 2, lanes * 4],
];

const longestKey = 200;

/** A key's text; for a long key, its beginning and a hash, so that counters have a bound in bytes, too. */
function nameOf(key: Uint8Array): string {
  const text = Buffer.from(key.buffer, key.byteOffset, Math.min(key.byteLength, longestKey)).toString("utf8");
  if (key.byteLength <= longestKey) return text;
  const hash = { high: 0, low: 0 };
  hashBytes(key, hash);
  return `${text}…${asNumber(hash).toString(16)}`;
}
