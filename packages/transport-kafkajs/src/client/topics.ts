import { setTimeout as sleep } from "node:timers/promises";
import type { LogRange, TopicPartition } from "@keyline/runtime/transport";
import type { ConfigEntries } from "kafkajs";
import { failureOf, unavailable } from "../errors.js";
import { earliest, latest, listOffsetsRequest, readCommitted, readUncommitted } from "../wire/list-offsets.js";
import type { TopicMetadata } from "../wire/metadata.js";
import { knowTopics, nameOf, newTopicForMs } from "./cluster.js";
import { ConfigResourceTypes } from "./kafkajs.js";
import { type LedPartition, leadersOf } from "./leaders.js";
import type { KafkaCluster, MetadataAnswer } from "./protocol.js";
import { sendRequest } from "./request.js";
import { topicMetadata } from "./topic-metadata.js";

/** The partition count of each of the topics that the broker knows. */
export async function partitionCounts(
  cluster: KafkaCluster,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (topics.length === 0) return new Map();
  const found = await topicMetadata(cluster, topics);
  return found ? countsOf(found) : countsByName(cluster, topics);
}

const askAgainMs = 200;

/** As {@link partitionCounts}, and asks again for `newTopicForMs` at most while the broker does not know one of the topics. */
export async function waitForTopics(
  cluster: KafkaCluster,
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

/** As kafkajs asks, whose answer is one error where any topic has one. */
async function countsByName(cluster: KafkaCluster, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const broker = await cluster.findControllerBroker();
  const counts = ({ topicMetadata }: MetadataAnswer) =>
    topicMetadata.map(({ topic, partitionMetadata }) => [topic, partitionMetadata.length] as const);
  const ask = async (some: readonly string[]) => {
    try {
      return counts(await broker.metadata(some));
    } catch (caught) {
      if (failureOf(caught).code === "topic_unknown") return null;
      throw caught;
    }
  };
  const all = await ask(topics);
  if (all) return new Map(all);
  // One that is unknown spoils the answer for all.
  const each = await Promise.all(topics.map((topic) => ask([topic])));
  return new Map(each.flatMap((found) => found ?? []));
}

/** The cluster's id. */
export async function clusterId(cluster: KafkaCluster): Promise<string> {
  await knowTopics(cluster, []);
  return (await (await cluster.findControllerBroker()).metadata([])).clusterId;
}

/** For how long records of the topics are kept, of the one that keeps them longest; Infinity without an end. */
export async function retentionMs(cluster: KafkaCluster, topics: readonly string[]): Promise<number> {
  await knowTopics(cluster, []);
  const broker = await cluster.findControllerBroker();
  const { resources } = await broker.describeConfigs({
    resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  return Math.max(0, ...resources.map(({ configEntries }) => retentionMsOf(configEntries)));
}

function retentionMsOf(settings: readonly ConfigEntries[]): number {
  const settingOf = (name: string) => settings.find(({ configName }) => configName === name)?.configValue ?? "";
  // Compaction alone keeps the last record of each key.
  const ms = settingOf("cleanup.policy").includes("delete") ? Number(settingOf("retention.ms")) : -1;
  return ms < 0 ? Number.POSITIVE_INFINITY : ms;
}

/** The range of each partition's log, up to the last record that every in-sync replica has. */
export async function logRanges(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
): Promise<readonly LogRange[]> {
  if (partitions.length === 0) return [];
  const led = await leadersOf(cluster, partitions);
  const [starts, ends] = await Promise.all([offsetsAt(cluster, led, earliest), offsetsAt(cluster, led, latest)]);
  return partitions.map((partition) => ({ start: offsetOf(starts, partition), end: offsetOf(ends, partition) }));
}

/** Where each partition's readers of committed records stop for now. */
export async function stableEnds(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
): Promise<readonly number[]> {
  if (partitions.length === 0) return [];
  const ends = await offsetsAt(cluster, await leadersOf(cluster, partitions), latest, readCommitted);
  return partitions.map((partition) => offsetOf(ends, partition));
}

/** The first offset of each partition whose record is stamped at or after the time, or its log's end. */
export async function offsetsAtTime(
  cluster: KafkaCluster,
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
  cluster: KafkaCluster,
  led: readonly LedPartition[],
  timestamp: number,
  isolation = readUncommitted,
): Promise<ReadonlyMap<string, number>> {
  // A broker refuses a request that names a partition twice, and two groups of a process ask for the same logs.
  const distinct = [...new Map(led.map((one) => [nameOf(one), one])).values()];
  const answers = await Promise.all(
    [...Map.groupBy(distinct, ({ nodeId }) => nodeId)].map(async ([nodeId, share]) =>
      sendRequest(await cluster.findBroker({ nodeId }), listOffsetsRequest(share, timestamp, isolation)),
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
  if (offset === undefined) throw unavailable(`no broker told an offset of ${nameOf(partition)}`);
  return offset;
}
