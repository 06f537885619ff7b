import type { TopicDescriptor, Topics, Transport } from "@keyline/runtime";
import type { ConsumerRecord, RecordBatch } from "@keyline/runtime/transport";
import { recordBytes } from "../scan/record-bytes.js";
import { createCauseCheck, type Suspect } from "./causes.js";
import { createGroups } from "./groups.js";
import { judge, keyText } from "./judge.js";
import { type RecordKind, recordKinds } from "./kinds.js";
import { createProducers, type ProducerState, reportOf } from "./producers.js";
import type { RecordFinding, RecordReport } from "./report.js";
import { createSeenIds, type SeenTwice } from "./seen-ids.js";

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

type Findings = Pick<
  RecordReport,
  "records" | "bytes" | "topics" | "findings" | "notes" | "groups" | "producers" | "causes"
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
  report(): Findings;
}

interface Pending {
  readonly record: Pick<ConsumerRecord, "topic" | "partition" | "offset" | "timestampMs">;
  readonly key: string | null;
  readonly eventId: string | null;
  readonly producer: ProducerState;
}

export function createAuditor(options: AuditorOptions): Auditor {
  const topics = new Map(Object.values(options.topics).map((topic) => [topic.address, topic]));
  const counts = new Map<string, number>();
  const producers = createProducers();
  const groups = createGroups();
  const seen = createSeenIds(options.duplicateWindow);
  const causes = createCauseCheck<Pending>(options.clusterId);
  let [records, bytes, findings, notes] = [0, 0, 0, 0];

  const note = (kind: RecordKind, detail: string, at: Pending, payload?: string) => {
    const { topic, partition, offset, timestampMs } = at.record;
    if (recordKinds[kind].severity === "finding") findings += 1;
    else notes += 1;
    const finding: RecordFinding = {
      ...{ kind, topic, partition, offset, timestampMs, detail },
      ...{ producer: at.producer.name, key: at.key, eventId: at.eventId },
      ...(payload === undefined ? {} : { payload }),
    };
    groups.add(finding, at.producer);
    options.finding?.(finding);
  };

  /** Which record of an id came second says its stamp, not which was read second. */
  const duplicate = ({ first, second }: SeenTwice, read: Pending, payload: string | undefined) => {
    const { topic, partition, offset } = read.record;
    const isRead = second.topic === topic && second.partition === partition && second.offset === offset;
    const producer = isRead ? read.producer : (producers.all()[second.producer] ?? read.producer);
    note(
      "event-duplicate",
      `first at ${placeText(first)}`,
      { ...read, record: second, producer },
      isRead ? payload : undefined,
    );
  };

  const look = (record: ConsumerRecord, topic: TopicDescriptor, partitions: number) => {
    records += 1;
    bytes += recordBytes(record);
    const judged = judge(record, topic, partitions);
    const producer = producers.of(judged.producer, topic.domain);
    place(producer, record, topic, partitions, judged.strays);
    const { eventId } = judged;
    const pending = (): Pending => {
      const { partition, offset, timestampMs } = record;
      const key = record.key === null ? null : keyText(record.key);
      return { record: { topic: record.topic, partition, offset, timestampMs }, key, eventId, producer };
    };
    const payload = options.showPayload ? payloadText(record) : undefined;
    for (const { kind, detail } of judged.problems) note(kind, detail, pending(), payload);
    if (judged.isEvent && eventId !== null) {
      const { partition, offset, timestampMs } = record;
      const twice = seen.add(eventId, {
        topic: record.topic,
        partition,
        offset,
        timestampMs,
        producer: producer.number,
      });
      if (twice !== null) duplicate(twice, pending(), payload);
    }
    switch (causes.check(record, topic, judged.strays, pending)) {
      case "malformed":
        note("cause-malformed", "the header keyline-after names what cannot be a cause", pending(), payload);
        break;
      case "elsewhere":
        note("cause-elsewhere", "the header keyline-after names a record on another lane", pending(), payload);
    }
  };

  return {
    reaches: causes.reaches,
    isFull: causes.isFull,
    batch({ topic: address, partition, records: some, logEnd }) {
      causes.reaches(address, partition, logEnd);
      counts.set(address, (counts.get(address) ?? 0) + some.length);
      const topic = topics.get(address);
      const partitions = options.partitionCounts.get(address);
      if (!topic || partitions === undefined) return;
      for (const record of some) look(record, topic, partitions);
    },
    async settle(transport) {
      const missing: readonly Suspect<Pending>[] = await causes.settle(transport);
      for (const { item, cause } of missing) {
        note("cause-missing", `${placeText(cause)} is at or beyond the log's end`, item);
      }
    },
    report() {
      // How a producer places keys takes a while to find out, so once for each.
      const known = new Map(producers.all().map((producer) => [producer, reportOf(producer)]));
      return {
        ...{ records, bytes, findings, notes },
        topics: [...options.partitionCounts].map(([topic, partitions]) => ({
          ...{ topic, partitions, records: counts.get(topic) ?? 0 },
        })),
        groups: groups.report(known),
        producers: [...known.values()].sort((one, other) => other.records - one.records),
        causes: causes.counts(),
      };
    },
  };
}

/** Counts where a producer puts its keys. */
function place(
  producer: ProducerState,
  { key, partition }: ConsumerRecord,
  { domain }: TopicDescriptor,
  partitions: number,
  strays: boolean,
): void {
  producer.records += 1;
  if (domain === null || key === null) return;
  producer.partitions = Math.max(producer.partitions, partitions);
  producer.all.add(key, partition, partitions);
  if (!strays) return;
  producer.strays += 1;
  if (producer.strayPartitions.size < 2) producer.strayPartitions.add(partition);
  producer.stray.add(key, partition, partitions);
}

const shownBytes = 300;

function payloadText({ value }: ConsumerRecord): string {
  if (value === null) return "null";
  const text = Buffer.from(value.subarray(0, shownBytes)).toString("utf8");
  return value.byteLength > shownBytes ? `${text}…` : text;
}

const placeText = ({ topic, partition, offset }: { topic: string; partition: number; offset: number }) =>
  `${topic}/${partition}@${offset}`;
