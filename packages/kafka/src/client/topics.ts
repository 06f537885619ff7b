import { setTimeout as sleep } from "node:timers/promises";
import type { LogRange, TopicPartition } from "@keyline/runtime/transport";
import { failureOf, unavailable } from "../errors.js";
import { nameOf } from "../partitions.js";
import type { TopicIds } from "../wire/fetch-by-id.js";
import { earliest, latest, listOffsetsRequest, readCommitted, readUncommitted } from "../wire/list-offsets.js";
import type { TopicMetadata } from "../wire/metadata.js";
import { describeConfigs, ofTopic } from "../wire/topics.js";
import { refuseFailed } from "../wire/types.js";
import { type Cluster, newTopicForMs } from "./cluster.js";
import { type LedPartition, leadersOf } from "./leaders.js";

/** The partition count of each of the topics that the broker knows. */
export async function partitionCounts(
  cluster: Pick<Cluster, "metadata">,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (topics.length === 0) return new Map();
  const wanted = new Set(topics);
  return countsOf((await cluster.metadata(topics)).topics.filter(({ topic }) => wanted.has(topic)));
}

/** Makes the leaders of topics known. Throws where one of them is not there, or may not be seen. */
export async function knowTopics(cluster: Pick<Cluster, "metadata">, topics: readonly string[]): Promise<void> {
  const wanted = new Set(topics);
  refuseFailed((await cluster.metadata(topics)).topics.filter(({ topic }) => wanted.has(topic)));
}

const askAgainMs = 200;

/** As {@link partitionCounts}, and asks again for `newTopicForMs` at most while the broker does not know one of the topics. */
export async function waitForTopics(
  cluster: Pick<Cluster, "metadata">,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const deadlineMs = performance.now() + newTopicForMs;
  for (;;) {
    const counts = await partitionCounts(cluster, topics);
    const isSettled = topics.every((topic) => counts.has(topic)) || performance.now() >= deadlineMs;
    if (isSettled || signal.aborted) return counts;
    await sleep(askAgainMs, undefined, { signal }).catch(() => undefined);
  }
}

function countsOf(found: readonly TopicMetadata[]): ReadonlyMap<string, number> {
  const typeOf = ({ error }: TopicMetadata) => (error === null ? null : failureOf(error).type);
  const denied = found.filter((one) => typeOf(one) === "TOPIC_AUTHORIZATION_FAILED");
  const [first] = denied;
  if (first?.error) throw Object.assign(first.error, { topics: denied.map(({ topic }) => topic), right: "DESCRIBE" });
  const there = found.filter((one) => typeOf(one) !== "UNKNOWN_TOPIC_OR_PARTITION");
  const failed = there.find(({ error }) => error !== null);
  if (failed) throw failed.error;
  return new Map(there.map(({ topic, partitions }) => [topic, partitions.length]));
}

/** The ids of those topics that exist; null from a broker that is older than topics' ids (Kafka 2.8). */
export async function topicIds(cluster: Cluster, topics: readonly string[]): Promise<TopicIds | null> {
  const { topics: found } = await cluster.metadata(topics);
  if (found.some(({ id }) => id === null)) return null;
  return new Map(found.flatMap(({ topic, id, error }) => (error || id === null ? [] : [[topic, id] as const])));
}

/** The cluster's id. */
export const clusterId = async (cluster: Cluster): Promise<string> => (await cluster.metadata([])).clusterId;

/** A setting of a topic. */
export interface TopicSetting {
  readonly name: string;
  readonly value: string | null;
  /** Kafka's number of where it comes from. */
  readonly source: number;
}

/** The settings of topics, by their names. */
export async function topicSettings(
  cluster: Cluster,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly TopicSetting[]>> {
  const asked = topics.map((name) => ({ type: ofTopic, name, names: null }));
  const { resources } = await (await cluster.any()).send(describeConfigs({ resources: asked, withSynonyms: false }));
  refuseFailed(resources.map(({ name: topic, ...row }) => ({ ...row, topic })));
  return new Map(resources.map(({ name, settings }) => [name, settings]));
}

/** For how long records of the topics are kept, of the one that keeps them longest; Infinity without an end. */
export async function retentionMs(cluster: Cluster, topics: readonly string[]): Promise<number> {
  return Math.max(0, ...[...(await topicSettings(cluster, topics)).values()].map(retentionMsOf));
}

function retentionMsOf(settings: readonly TopicSetting[]): number {
  const settingOf = (wanted: string) => settings.find(({ name }) => name === wanted)?.value ?? "";
  // Compaction alone keeps the last record of each key.
  const ms = settingOf("cleanup.policy").includes("delete") ? Number(settingOf("retention.ms")) : -1;
  return ms < 0 ? Number.POSITIVE_INFINITY : ms;
}

/** The range of each partition's log, up to the last record that every in-sync replica has. */
export async function logRanges(cluster: Cluster, partitions: readonly TopicPartition[]): Promise<readonly LogRange[]> {
  if (partitions.length === 0) return [];
  const led = await leadersOf(cluster, partitions);
  const [starts, ends] = await Promise.all([offsetsAt(cluster, led, earliest), offsetsAt(cluster, led, latest)]);
  return partitions.map((partition) => ({ start: offsetOf(starts, partition), end: offsetOf(ends, partition) }));
}

/** Where each partition's readers of committed records stop for now. */
export async function stableEnds(cluster: Cluster, partitions: readonly TopicPartition[]): Promise<readonly number[]> {
  if (partitions.length === 0) return [];
  const ends = await offsetsAt(cluster, await leadersOf(cluster, partitions), latest, readCommitted);
  return partitions.map((partition) => offsetOf(ends, partition));
}

/** The first offset of each partition whose record is stamped at or after the time, or its log's end. */
export async function offsetsAtTime(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestampMs: number,
): Promise<readonly number[]> {
  if (partitions.length === 0) return [];
  const led = await leadersOf(cluster, partitions);
  // The ends first: a record that is appended meanwhile is not to lie below the answer.
  const ends = await offsetsAt(cluster, led, latest);
  const found = await offsetsAt(cluster, led, timestampMs);
  return partitions.map((partition) => {
    const offset = offsetOf(found, partition);
    return offset >= 0 ? offset : offsetOf(ends, partition);
  });
}

/** Asks each leader for its share of the partitions. */
async function offsetsAt(
  cluster: Cluster,
  led: readonly LedPartition[],
  timestamp: number,
  isolation = readUncommitted,
): Promise<ReadonlyMap<string, number>> {
  // A broker refuses a request that names a partition twice, and two groups of a process ask for the same logs.
  const distinct = [...new Map(led.map((one) => [nameOf(one), one])).values()];
  const answers = await Promise.all(
    [...Map.groupBy(distinct, ({ nodeId }) => nodeId)].map(async ([nodeId, share]) =>
      cluster.broker(nodeId).send(listOffsetsRequest(share, timestamp, isolation)),
    ),
  );
  const rows = answers.flat().map(({ topic, partition, error, offset }) => {
    if (error) throw error;
    return [nameOf({ topic, partition }), offset] as const;
  });
  return new Map(rows);
}

function offsetOf(answers: ReadonlyMap<string, number>, partition: TopicPartition): number {
  const offset = answers.get(nameOf(partition));
  if (offset === undefined) throw unavailable(`no broker reported an offset of ${nameOf(partition)}`);
  return offset;
}
