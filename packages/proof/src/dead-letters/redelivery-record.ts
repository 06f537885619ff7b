import { hash } from "node:crypto";
import type { RecordPosition, TopicDescriptor, Transport } from "@keyline/runtime";
import {
  formatAfter,
  formatRedelivery,
  headerNames,
  headerText,
  parseAfter,
  partitionOf,
} from "@keyline/runtime/tools";
import type { ConsumerRecord, Headers, ProducerRecord } from "@keyline/runtime/transport";
import type { Letter } from "./letter.js";
import { readRecord } from "./read-record.js";

/** Why a letter is not sent again. */
export type Refusal =
  | "applied"
  | "not-unpacked"
  | "letter-gone"
  | "source-gone"
  | "source-differs"
  | "source-compacted"
  | "letters-compacted"
  | "not-in-contract";

/** The record to send for a letter, or the reason why it is not sent. */
export type Redelivery =
  | {
      readonly kind: "record";
      readonly topic: string;
      /** The ordering domain of the topic; null for one without. */
      readonly domain: string | null;
      readonly partition: number;
      readonly record: ProducerRecord;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly reason: string };

const refused = (refusal: Refusal, reason: string): Redelivery => ({ kind: "refused", refusal, reason });

/** Makes the record of a letter that is sent again. What was left out of the letter is read at the source, and compared. */
export async function redeliveryOf(
  transport: Transport,
  letter: Letter,
  topic: TopicDescriptor,
  partitions: number,
): Promise<Redelivery> {
  const { at, source, group, omitted, replay } = letter;
  if (omitted === "applied")
    return refused("applied", "its event was applied; what it emitted is too large for its topic: send that by hand");
  if (omitted === "not unpacked")
    return refused(
      "not-unpacked",
      "it stands for a whole batch that no reader may unpack: have its producer send it again",
    );
  const own = await readRecord(transport, at);
  if (!own) return refused("letter-gone", `${placeOf(at)} is no longer in the log`);
  const whole = omitted === null ? own : await originalOf(transport, letter);
  if ("kind" in whole) return whole;
  const header = formatRedelivery({ group, source, letter: at, isById: replay === "by-id" });
  const headers: Headers = [
    ...whole.headers.filter(([name]) => !isLeftOut(name)),
    [headerNames.redelivery, Buffer.from(header)],
  ];
  const record = { key: whole.key, value: whole.value, headers, timestampMs: Date.now() };
  const partition = placeFor(record, letter, topic, partitions);
  return { kind: "record", topic: source.topic, domain: topic.domain?.name ?? null, partition, record };
}

/** Where its key belongs: one that lay on a wrong partition is sent to the right one. */
function placeFor(
  { key }: ProducerRecord,
  { source }: Letter,
  { domain }: TopicDescriptor,
  partitions: number,
): number {
  return domain === null || key === null ? source.partition : partitionOf(domain.partitioner, key, partitions);
}

/** Left out of a redelivery: later numbers may have been applied by now, and the next refusal has headers of its own. */
const isLeftOut = (name: string) =>
  name === "keyline-seq" || name === headerNames.redelivery || name.startsWith("keyline-error-");

/** The record that a letter was made of, as the source has it; only if it is that record. */
async function originalOf(transport: Transport, letter: Letter): Promise<ConsumerRecord | Redelivery> {
  const { source, key, value } = letter;
  const place = placeOf(source);
  const found = await readRecord(transport, source);
  if (!found) return refused("source-gone", `its value was left out, and ${place} is no longer in the log`);
  const differs = (what: string) =>
    refused("source-differs", `its value was left out, and the record at ${place} has another ${what}`);
  if (key !== null && (found.key === null || Buffer.compare(key, found.key) !== 0)) return differs("key");
  if (value.bytes !== null && (found.value?.byteLength ?? 0) !== value.bytes) return differs("size");
  if (value.sha256 !== null && (found.value === null || hash("sha256", found.value, "hex") !== value.sha256))
    return differs("content");
  return found;
}

/**
 * The record with these as causes beside its own: later letters of a key come after the earlier ones, on whatever topics. Causes
 * of another cluster mean nothing here, and go.
 */
export function afterAlso(
  record: ProducerRecord,
  causes: readonly RecordPosition[],
  clusterId: string,
): ProducerRecord {
  if (causes.length === 0) return record;
  const cluster = headerText(record.headers, headerNames.cluster);
  const own =
    (cluster ?? clusterId) === clusterId ? parseAfter(headerText(record.headers, headerNames.after)).entries : [];
  const kept = record.headers.filter(([name]) => name !== headerNames.after && name !== headerNames.cluster);
  const after = formatAfter([...own, ...causes]) ?? "";
  return {
    ...record,
    headers: [...kept, [headerNames.after, Buffer.from(after)], [headerNames.cluster, Buffer.from(clusterId)]],
  };
}

export const placeOf = ({ topic, partition, offset }: RecordPosition): string => `${topic}/${partition}@${offset}`;
