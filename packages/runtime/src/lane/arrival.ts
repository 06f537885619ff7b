import { parseAfter } from "../codec/after.js";
import { decodeRecord } from "../codec/decode.js";
import type { DecodedEvent, DecodeFailure } from "../codec/decoded.js";
import { headerNames, headerText, textOf } from "../codec/headers.js";
import { parseRedelivery, type Redelivery } from "../codec/redelivery.js";
import type { TopicDescriptor } from "../descriptor.js";
import { isKeylineError, KeylineError } from "../errors.js";
import type { CauseIgnored, GroupHooks, RecordPosition } from "../hooks.js";
import { isTooLong } from "../key/canonical.js";
import { matchingPartitioners } from "../key/matches.js";
import { partitionOf } from "../key/partitioner.js";
import type { ConsumerRecord } from "../ports/transport.js";
import { orderKeyOfKey, orderKeyOfPartition, orderKeyOfRecord } from "./order-key.js";
import type { Arriving } from "./work.js";

/** A topic as one consumer reads it. */
export interface ReadTopic {
  /** The name in code. */
  readonly name: string;
  readonly topic: TopicDescriptor;
  readonly address: string;
}

/** What a consumer makes of a record before any handler sees it. */
export interface Arrival {
  readonly record: ConsumerRecord;
  readonly topic: ReadTopic;
  /** The record's key as text; null without one, and for one that is longer than its domain allows. */
  readonly key: string | null;
  /** Why the record goes to the dead letters for where it lies; null when it does not. */
  readonly strayed: KeylineError | null;
  /** Everything of its lane that it comes after, also what this consumer does not read: passed on to what it causes. */
  readonly comesAfter: readonly RecordPosition[];
  /** `keyline-seq`, as the record says it. */
  readonly sequence: SequenceClaim | null;
  /** `keyline-redelivery`: for which group it was sent again; null for an event of every group. */
  readonly redelivery: Redelivery | null;
}

/** What a record says in `keyline-seq`: which projection sent it, and its sequence number for this key. */
export interface SequenceClaim {
  readonly projection: string;
  readonly number: number;
}

export interface ArrivalOptions {
  /** What the consumer reads in the lane's domain: causes on other topics are not waited for. */
  readonly reads: ReadonlySet<string>;
  readonly partitions: number;
  readonly clusterId: string;
  readonly onWrongPartition: "process" | "dead-letter";
  readonly hooks: GroupHooks;
}

/** Checks a record's place and finds what it has to wait for. Its value stays bytes until {@link readArrival}. */
export function arrive(record: ConsumerRecord, topic: ReadTopic, options: ArrivalOptions): Arriving<Arrival> {
  const key = keyOf(record, topic.topic);
  const { domain } = topic.topic;
  const strayed = strayedOf(record, key, topic, options);
  const comesAfter = domain && key !== null ? comesAfterOf(record, topic.topic, options) : [];
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    orderKey: orderKeyOf(record, key, domain !== null),
    causes: waitedFor(record, comesAfter, options),
    bytes: besideBytes + payloadBytes(record),
    item: { record, topic, key, strayed, comesAfter, sequence: sequenceOf(record), redelivery: redeliveryOf(record) },
  };
}

/**
 * The record as an event, or why it goes to the dead letters without being handled. Read from its bytes each time, when it
 * is its turn: so what waits is in memory once.
 */
export function readArrival({ record, topic, strayed }: Arrival): DecodedEvent | KeylineError {
  const decoded = decodeRecord(record, topic.topic);
  return decoded.kind === "failure" ? refusal(record, decoded) : (strayed ?? decoded);
}

/** Whether what was read is why the record is refused. */
export const isRefused = (read: DecodedEvent | KeylineError): read is KeylineError => isKeylineError(read);

/** What a waiting record takes in memory beside its key, value and headers, by measuring: objects, and its place in queues. */
const besideBytes = 1024;

/** Bytes of a record's key, value and headers. */
function payloadBytes({ key, value, headers }: ConsumerRecord): number {
  let bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength;
  return bytes;
}

/** The key as text. Null for one that is too long to name anything. */
function keyOf({ key }: ConsumerRecord, { domain }: TopicDescriptor): string | null {
  if (key === null) return null;
  const text = textOf(key);
  return domain !== null && isTooLong(text, domain) ? null : text;
}

/** Without a domain nothing orders records. Without a key, those of one partition at least keep their order. */
function orderKeyOf(record: ConsumerRecord, key: string | null, isOrdered: boolean): string {
  if (!isOrdered) return orderKeyOfRecord(record);
  return key === null ? orderKeyOfPartition(record) : orderKeyOfKey(key);
}

function refusal(record: ConsumerRecord, failure: DecodeFailure): KeylineError {
  return new KeylineError(failure.code, `cannot read ${placeOf(record)}: ${failure.message}`, {
    issues: failure.issues,
  });
}

function strayedOf(record: ConsumerRecord, key: string | null, { topic }: ReadTopic, options: ArrivalOptions) {
  if (!topic.domain || record.key === null || key === null) return null;
  const expected = partitionOf(topic.domain.partitioner, record.key, options.partitions);
  if (expected === record.partition) return null;
  const matches = matchingPartitioners(record.key, record.partition, options.partitions);
  options.hooks.wrongPartition?.({ ...positionOf(record), key, expected, matches });
  if (options.onWrongPartition === "process") return null;
  return new KeylineError(
    "wrong_partition",
    `cannot keep ${placeOf(record)} in order: its key belongs on partition ${expected} (${topic.domain.partitioner} of ${options.partitions})`,
  );
}

/** What the header names of this cluster, this domain and this partition; a hook says what is ignored. */
function comesAfterOf(
  record: ConsumerRecord,
  topic: TopicDescriptor,
  { clusterId, hooks }: ArrivalOptions,
): RecordPosition[] {
  const ignore = (reason: CauseIgnored) => {
    hooks.causeIgnored?.({ ...positionOf(record), reason });
    return [];
  };
  const text = headerText(record.headers, headerNames.after);
  const cluster = headerText(record.headers, headerNames.cluster);
  if (text === null) return cluster === null ? ignore("absent") : [];
  if (cluster !== null && cluster !== clusterId) return ignore("cluster");
  const { entries, malformed } = parseAfter(text);
  if (malformed > 0) ignore("malformed");
  return entries.flatMap((entry) => {
    if (!topic.domain?.topics.includes(entry.topic)) return ignore("domain");
    if (entry.partition !== record.partition) return ignore("partition");
    // A position at or above its own cannot be a cause.
    if (entry.topic === record.topic && entry.offset >= record.offset) return ignore("malformed");
    return [entry];
  });
}

/** The causes that are read here. Those on the record's own partition are in order by themselves. */
function waitedFor(record: ConsumerRecord, comesAfter: readonly RecordPosition[], { reads, hooks }: ArrivalOptions) {
  if (comesAfter.length === 0) return comesAfter;
  return comesAfter.filter(({ topic }) => {
    if (topic === record.topic) return false;
    if (!reads.has(topic)) hooks.causeIgnored?.({ ...positionOf(record), reason: "not_read" });
    return reads.has(topic);
  });
}

function sequenceOf(record: ConsumerRecord): Arrival["sequence"] {
  const text = headerText(record.headers, "keyline-seq");
  const match = text === null ? null : /^(.+)#(\d{1,15})$/.exec(text);
  return match?.[1] && match[2] ? { projection: match[1], number: Number(match[2]) } : null;
}

/**
 * For which group the record was sent again. A writer of one topic has no say about refused events of another: such a header
 * changes nothing.
 */
export function redeliveryOf({ topic, headers }: ConsumerRecord): Redelivery | null {
  const redelivery = parseRedelivery(headerText(headers, headerNames.redelivery));
  return redelivery?.source.topic === topic ? redelivery : null;
}

export const positionOf = ({ topic, partition, offset }: RecordPosition): RecordPosition => ({
  topic,
  partition,
  offset,
});

/** A position as people write it. */
export const placeOf = ({ topic, partition, offset }: RecordPosition): string => `${topic}/${partition}@${offset}`;
