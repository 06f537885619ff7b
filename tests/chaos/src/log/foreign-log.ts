import { Partitioners } from "kafkajs";
import type { Cluster } from "../world/cluster.js";
import { type PrintedRecord, parsePrinted, printedRecords } from "./console-consumer.js";

/** A record that carries a CloudEvent. */
export interface ForeignRecord extends Omit<PrintedRecord, "value"> {
  /** By the event's own type. */
  readonly topic: string;
  /** The payload of the CloudEvent. */
  readonly event: LoggedEnvelope;
  /** The id of the CloudEvent. */
  readonly id: string;
}

/** What the checks read of an event. */
export interface LoggedEnvelope {
  readonly student_id: number;
  readonly timestamp: string;
  readonly event_id?: string;
  readonly payload: { readonly [name: string]: unknown };
}

/** Names the partition whose last record it is. */
const endHeader = "chaos-end";

/**
 * Reads all topics whose whole name matches. Nothing is left out: a last record is appended to each partition, and the reading
 * goes on until all of these have come.
 */
export async function readForeign(cluster: Cluster, topics: string): Promise<readonly PrintedRecord[]> {
  const awaited = await appendEnds(cluster, new RegExp(`^(${topics})$`));
  if (awaited.size === 0) return [];
  const records = await printedRecords({
    ...{ brokers: cluster.kafka.brokers, topics },
    isLast({ headers }) {
      awaited.delete(headers.get(endHeader) ?? "");
      return awaited.size === 0;
    },
  });
  return records.filter(({ headers }) => !headers.has(endHeader));
}

/** Appends a last record to each partition; resolves with their names. */
async function appendEnds({ admin, client }: Cluster, names: RegExp): Promise<Set<string>> {
  const wanted = (await admin.listTopics()).filter((topic) => names.test(topic));
  if (wanted.length === 0) return new Set();
  const { topics } = await admin.fetchTopicMetadata({ topics: wanted });
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const ends = topics.map(({ name, partitions }) => ({
    topic: name,
    messages: partitions.map(({ partitionId: partition }) => ({
      ...{ partition, value: null, headers: { [endHeader]: `${name}/${partition}` } },
    })),
  }));
  await producer.sendBatch({ topicMessages: ends });
  await producer.disconnect();
  return new Set(ends.flatMap(({ topic, messages }) => messages.map(({ partition }) => `${topic}/${partition}`)));
}

/** Reads the CloudEvent of a record. */
export function eventIn({ value, ...record }: PrintedRecord): ForeignRecord {
  const envelope = JSON.parse(value) as { id: string; type: string; data: LoggedEnvelope };
  return { ...record, topic: envelope.type, event: envelope.data, id: envelope.id };
}

/** A line of the console consumer with a CloudEvent. */
export const parseLine = (line: string): ForeignRecord => eventIn(parsePrinted(line));
