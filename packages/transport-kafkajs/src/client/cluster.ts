import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import type { TopicPartition } from "@keyline/runtime/transport";
import type { Kafka } from "kafkajs";
import { failureOf, unavailable } from "../errors.js";
import type { KafkaBroker, KafkaCluster, PerTopic } from "./protocol.js";

/**
 * kafkajs' connections to a cluster, without its consumer and producer on top. kafkajs hands them to the assigner of a
 * consumer (its documented `PartitionAssigner`), so one is made for that, and never run.
 */
export function openCluster(kafka: Kafka): KafkaCluster {
  let found: KafkaCluster | undefined;
  kafka.consumer({
    groupId: "keyline",
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster as unknown as KafkaCluster;
        return { name: "none", version: 0, assign: async () => [], protocol: () => ({ name: "none", metadata: none }) };
      },
    ],
  });
  if (!found) throw new Error("kafkajs made a consumer without asking for its assigner");
  return found;
}

const none = Buffer.alloc(0);

/** The broker that leads a partition, as far as is known. Rejects when nobody does. */
export async function leaderOf(cluster: KafkaCluster, { topic, partition }: TopicPartition): Promise<string> {
  await cluster.addMultipleTargetTopics([topic]);
  await cluster.refreshMetadataIfNecessary();
  return knownLeader(cluster, { topic, partition });
}

/** As {@link leaderOf}, without asking anyone. */
export function knownLeader(cluster: KafkaCluster, { topic, partition }: TopicPartition): string {
  const known = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
  if (!known || known.leader === null || known.leader < 0) {
    throw unavailable(`nobody leads ${topic}/${partition} now`);
  }
  return String(known.leader);
}

/** Forgets a broker whose connection broke, and asks the others who leads what now. */
export async function recover(cluster: KafkaCluster, caught: unknown): Promise<void> {
  const failure = failureOf(caught);
  if (failure.address) cluster.removeBroker(failure.address);
  // Whoever is not back yet is found at the next attempt.
  await cluster.refreshMetadata().catch(() => undefined);
}

/** How long kafkajs may take to say goodbye: it waits for answers, and some never come. */
const farewellMs = 1000;

/** Ends the connections of a cluster that nobody uses any more. */
export async function disconnect(cluster: KafkaCluster): Promise<void> {
  const over = new AbortController();
  await Promise.race([
    cluster.disconnect().catch(() => undefined),
    sleep(farewellMs, undefined, { signal: over.signal }).catch(() => undefined),
  ]);
  over.abort();
}

export interface Persistence {
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/** Does what only reads, again and again until it succeeds, fails for good, or the time is over. */
export async function persist<Answer>(
  cluster: KafkaCluster,
  { withinMs, signal }: Persistence,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  const deadlineMs = performance.now() + withinMs;
  for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1000)) {
    try {
      if (signal?.aborted) throw new KeylineError("closed", "the transport is closed");
      await cluster.connect();
      return await attempt();
    } catch (caught) {
      if (!failureOf(caught).passing || signal?.aborted || performance.now() + delayMs > deadlineMs) throw caught;
      await sleep(delayMs);
      await recover(cluster, caught);
    }
  }
}

/** Asks each leader for its share of the partitions. */
export async function askLeaders<Answer>(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  ask: (leader: KafkaBroker, share: readonly TopicPartition[]) => Promise<Answer>,
): Promise<readonly Answer[]> {
  await cluster.addMultipleTargetTopics([...new Set(partitions.map(({ topic }) => topic))]);
  await cluster.refreshMetadataIfNecessary();
  const shares = Map.groupBy(partitions, (partition) => knownLeader(cluster, partition));
  return Promise.all([...shares].map(async ([nodeId, share]) => ask(await cluster.findBroker({ nodeId }), share)));
}

/** Rows by topic, as requests have them. */
export function perTopic<Row extends TopicPartition, Out>(
  rows: readonly Row[],
  rowOf: (row: Row) => Out,
): PerTopic<Out>[] {
  const topics = Map.groupBy(rows, ({ topic }) => topic);
  return [...topics].map(([topic, some]) => ({ topic, partitions: some.map(rowOf) }));
}

/** Names a partition in maps and messages. */
export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
