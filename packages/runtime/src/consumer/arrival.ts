import { parseAfter } from "../codec/after.js";
import { decodeRecord } from "../codec/decode.js";
import type { DecodedEvent, DecodeFailure } from "../codec/decoded.js";
import { headerNames, headerText, textOf } from "../codec/headers.js";
import type { TopicDescriptor } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import { partitionOf } from "../key/partitioner.js";
import type { Arriving } from "../lane/lane-queue.js";
import type { ConsumerRecord } from "../transport.js";

/** A topic as one consumer reads it. */
export interface ReadTopic {
  /** The name that SDK users write. */
  readonly name: string;
  readonly topic: TopicDescriptor;
  readonly address: string;
}

/** What a consumer makes of a record before any handler sees it. */
export interface Arrival {
  readonly record: ConsumerRecord;
  readonly topic: ReadTopic;
  /** The record's key as text; null without one. */
  readonly key: string | null;
  readonly decoded: DecodedEvent | DecodeFailure;
  /** Why the record goes to the dead letters without being handled; null when it is handled. */
  readonly refused: KeylineError | null;
  /** `keyline-seq`: which projection sent it and as its how many-th of this key. */
  readonly sequence: { readonly projection: string; readonly number: number } | null;
}

export interface ArrivalOptions {
  /** What the consumer reads in the lane's domain: causes on other topics are not waited for. */
  readonly reads: ReadonlySet<string>;
  readonly partitions: number;
  readonly clusterId: string;
  readonly onWrongPartition: "process" | "dead-letter";
  readonly hooks: Hooks;
}

/** Decodes a record, checks its place and finds what it has to wait for. */
export function arrive(record: ConsumerRecord, topic: ReadTopic, options: ArrivalOptions): Arriving<Arrival> {
  const decoded = decodeRecord(record, topic.topic);
  const key = record.key === null ? null : textOf(record.key);
  const { domain } = topic.topic;
  const refused = decoded.kind === "failure" ? refusal(record, decoded) : strayed(record, key, topic, options);
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    // Without a domain nothing orders records; without a key nothing can.
    orderKey: domain && key !== null ? `k:${key}` : `r:${record.topic}@${record.offset}`,
    causes: domain && key !== null ? causesOf(record, topic.topic, options) : [],
    item: { record, topic, key, decoded, refused, sequence: sequenceOf(record) },
  };
}

function refusal(record: ConsumerRecord, failure: DecodeFailure): KeylineError {
  return new KeylineError(failure.code, `cannot read ${placeOf(record)}: ${failure.message}`, {
    issues: failure.issues,
  });
}

function strayed(record: ConsumerRecord, key: string | null, { topic }: ReadTopic, options: ArrivalOptions) {
  if (!topic.domain || record.key === null || key === null) return null;
  const expected = partitionOf(topic.domain.partitioner, record.key, options.partitions);
  if (expected === record.partition) return null;
  options.hooks.wrongPartition?.({ ...positionOf(record), key, expected });
  if (options.onWrongPartition === "process") return null;
  return new KeylineError(
    "wrong_partition",
    `cannot keep ${placeOf(record)} in order: its key belongs on partition ${expected} (${topic.domain.partitioner} of ${options.partitions})`,
  );
}

/** The positions to wait for: of this cluster, this partition and topics that are read; a counter says what is ignored. */
function causesOf(record: ConsumerRecord, topic: TopicDescriptor, options: ArrivalOptions): RecordPosition[] {
  const text = headerText(record.headers, headerNames.after);
  if (text === null) return [];
  const ignore = (reason: "partition" | "cluster" | "domain" | "not_read" | "malformed") => {
    options.hooks.causeIgnored?.({ ...positionOf(record), reason });
    return [];
  };
  const cluster = headerText(record.headers, headerNames.cluster);
  if (cluster !== null && cluster !== options.clusterId) return ignore("cluster");
  const { entries, malformed } = parseAfter(text);
  if (malformed > 0) ignore("malformed");
  return entries.flatMap((entry) => {
    if (!topic.domain?.topics.includes(entry.topic)) return ignore("domain");
    if (!options.reads.has(entry.topic)) return ignore("not_read");
    if (entry.partition !== record.partition) return ignore("partition");
    // Its own partition is in order by itself; a position at or above its own cannot be a cause.
    if (entry.topic === record.topic) return entry.offset < record.offset ? [] : ignore("malformed");
    return [entry];
  });
}

function sequenceOf(record: ConsumerRecord): Arrival["sequence"] {
  const text = headerText(record.headers, "keyline-seq");
  const match = text === null ? null : /^(.+)#(\d{1,15})$/.exec(text);
  return match?.[1] && match[2] ? { projection: match[1], number: Number(match[2]) } : null;
}

export const positionOf = ({ topic, partition, offset }: RecordPosition): RecordPosition => ({
  topic,
  partition,
  offset,
});

/** A position as people write it. */
export const placeOf = ({ topic, partition, offset }: RecordPosition): string => `${topic}/${partition}@${offset}`;
