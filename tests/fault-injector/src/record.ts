import type { RecordKind } from "@keyline/proof";
import { partitionOf } from "@keyline/runtime/tools";
import type { Headers, ProducerRecord, TopicPartition } from "@keyline/runtime/transport";

/** What was done to a record, so that the audit has to find it. */
export interface Fault {
  readonly kind: RecordKind;
  /** By which the audit's finding is recognised where the record still has one. */
  readonly eventId: string | null;
}

/** A record that is going to be written to a partition of the writer's choice. */
export interface PlannedRecord extends TopicPartition, ProducerRecord {
  /** Null for a good one. */
  readonly fault: Fault | null;
}

/** The partition that the contract's partitioner gives. */
export const laneOf = (key: Uint8Array, partitions: number): number => partitionOf("fnv1a", key, partitions);

export const bytesOf = (text: string): Uint8Array => Buffer.from(text, "utf8");

export const json = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));

export const headersOf = (headers: Readonly<Record<string, string>>): Headers =>
  Object.entries(headers).map(([name, text]) => [name, bytesOf(text)] as const);

export const structured = { "content-type": "application/cloudevents+json; charset=UTF-8" };
