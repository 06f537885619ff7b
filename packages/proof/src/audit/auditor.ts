import type { TopicDescriptor, Topics, Transport } from "@keyline/runtime";
import { headerNames, headerText, parseRedelivery } from "@keyline/runtime/tools";
import type { ConsumerRecord, RecordBatch } from "@keyline/runtime/transport";
import { recordBytes } from "../scan/record-bytes.js";
import { type CauseCheck, createCauseCheck } from "./causes.js";
import { type Audited, createFindings, type Findings } from "./findings.js";
import { judge, keyText } from "./judge.js";
import { countRecord, createProducers, type Producers, reportOf } from "./producers.js";
import type { RecordFinding, RecordReport } from "./report.js";
import { createSeenIds, type SeenIds, type SeenTwice } from "./seen-ids.js";

/** What records are held against. */
export interface AuditorOptions {
  readonly topics: Topics;
  /** Of each topic, as the cluster has them. */
  readonly partitionCounts: ReadonlyMap<string, number>;
  readonly clusterId: string;
  /** Ids are compared with those of so many latest events. */
  readonly duplicateWindow: number;
  /** Whether findings may carry what records say. */
  readonly showPayload: boolean;
  /** Told of each finding; without it only the first of each kind and producer are kept. */
  readonly finding?: ((finding: RecordFinding) => void) | undefined;
}

type AuditReport = Pick<
  RecordReport,
  "records" | "bytes" | "redeliveries" | "topics" | "findings" | "notes" | "groups" | "producers" | "causes"
>;

/** Holds batch after batch against the contract, with bounded memory. */
export interface Auditor {
  batch(batch: RecordBatch): void;
  /** Told that a log reaches at least so far. */
  reaches(topic: string, partition: number, end: number): void;
  /** Whether `settle` has to be called before more batches come. */
  isFull(): boolean;
  /** Asks the cluster about causes that were not there yet; at the end, and whenever it is full. */
  settle(transport: Transport): Promise<void>;
  report(): AuditReport;
}

/** What an audit remembers; each part owns its own state. */
interface Memory {
  readonly producers: Producers;
  readonly seen: SeenIds;
  readonly causes: CauseCheck<Audited>;
  readonly findings: Findings;
}

/**
 * Invariant: each record of each batch is counted once in `counts`; those of a topic that the contract and the cluster both
 * have are counted in `records` and `bytes` too, and were judged once, in the order in which they came.
 */
export function createAuditor(options: AuditorOptions): Auditor {
  const topics = new Map(Object.values(options.topics).map((topic) => [topic.address, topic]));
  const counts = new Map<string, number>();
  const memory: Memory = {
    producers: createProducers(),
    seen: createSeenIds(options.duplicateWindow),
    causes: createCauseCheck(options.clusterId),
    findings: createFindings(options.finding),
  };
  const { producers, causes, findings } = memory;
  let [records, bytes, redeliveries] = [0, 0, 0];
  return {
    reaches: causes.reaches,
    isFull: causes.isFull,
    batch({ topic: address, partition, records: some, logEnd }) {
      causes.reaches(address, partition, logEnd);
      counts.set(address, (counts.get(address) ?? 0) + some.length);
      const topic = topics.get(address);
      const partitions = options.partitionCounts.get(address);
      if (!topic || partitions === undefined) return;
      for (const record of some) {
        records += 1;
        bytes += recordBytes(record);
        if (isRedelivery(record)) redeliveries += 1;
        auditRecord(memory, record, topic, partitions, options.showPayload);
      }
    },
    async settle(transport) {
      for (const { item, cause } of await causes.settle(transport))
        findings.add("cause-missing", `${placeText(cause)} is at or beyond the log's end`, item);
    },
    report() {
      // How a producer places keys takes a while to find out, so once for each.
      const known = new Map(producers.all().map((producer) => [producer, reportOf(producer)]));
      return {
        ...{ records, bytes, redeliveries, ...findings.counts() },
        topics: [...options.partitionCounts].map(([topic, partitions]) => ({
          ...{ topic, partitions, records: counts.get(topic) ?? 0 },
        })),
        groups: findings.groups(known),
        producers: [...known.values()].sort((one, other) => other.records - one.records),
        causes: causes.counts(),
      };
    },
  };
}

/** Judges one record: by itself, then by the ids and the logs that were seen before it. */
function auditRecord(
  memory: Memory,
  record: ConsumerRecord,
  topic: TopicDescriptor,
  partitions: number,
  showPayload: boolean,
): void {
  const { producers, seen, causes, findings } = memory;
  const { problems, isEvent, eventId, strays, ...judged } = judge(record, topic, partitions);
  const producer = producers.of(judged.producer, topic.domain);
  countRecord(producer, record, topic, partitions, strays);
  const { partition, offset, timestampMs } = record;
  // Made for the few records that something is found of.
  const audited = (): Audited => {
    const key = record.key === null ? null : keyText(record.key);
    return { record: { topic: record.topic, partition, offset, timestampMs }, key, eventId, producer };
  };
  const payload = showPayload ? payloadText(record) : undefined;
  for (const { kind, detail } of problems) findings.add(kind, detail, audited(), payload);
  // Its id is the refused event's.
  if (isEvent && eventId !== null && !isRedelivery(record)) {
    const sighting = { topic: record.topic, partition, offset, timestampMs, producer: producer.number };
    const twice = seen.add(eventId, sighting);
    if (twice !== null) addDuplicate(memory, twice, audited(), payload);
  }
  const cause = causes.check(record, topic, strays, audited);
  if (cause !== "fine") findings.add(`cause-${cause}`, causeDetails[cause], audited(), payload);
}

/** Whether it is a dead letter that was sent again: one group handles it. */
const isRedelivery = ({ topic, headers }: ConsumerRecord): boolean =>
  parseRedelivery(headerText(headers, headerNames.redelivery))?.source.topic === topic;

const causeDetails = {
  malformed: "the header keyline-after names a position that cannot be a cause",
  elsewhere: "the header keyline-after names a record on another lane",
} as const;

/** Which record of an id came second is decided by its stamp, not by which was read second. */
function addDuplicate(
  { producers, findings }: Memory,
  { first, second }: SeenTwice,
  read: Audited,
  payload: string | undefined,
): void {
  const { topic, partition, offset } = read.record;
  const isRead = second.topic === topic && second.partition === partition && second.offset === offset;
  const producer = isRead ? read.producer : (producers.all()[second.producer] ?? read.producer);
  const at = { ...read, record: second, producer };
  findings.add("duplicate-id", `first at ${placeText(first)}`, at, isRead ? payload : undefined);
}

const shownBytes = 300;

function payloadText({ value }: ConsumerRecord): string {
  if (value === null) return "null";
  const text = Buffer.from(value.subarray(0, shownBytes)).toString("utf8");
  return value.byteLength > shownBytes ? `${text}…` : text;
}

const placeText = ({ topic, partition, offset }: { topic: string; partition: number; offset: number }) =>
  `${topic}/${partition}@${offset}`;
