import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import { retry, type TopicPartition } from "@keyline/runtime/transport";
import type { Kafka } from "kafkajs";
import { failureOf, unavailable } from "../errors.js";
import type { KafkaBroker, KafkaCluster, PerTopic } from "./protocol.js";

/**
 * kafkajs' connections to a cluster, without its consumer and producer on top. kafkajs hands them to the assigner of a
 * consumer (its documented `PartitionAssigner`), so one is made for that, and never run. `unanswered` is told of a broker,
 * as `host:port`, that a request got no answer from in time. `subscribed` are topics that it is never to stop asking
 * about, also where one of them is deleted.
 */
export function openCluster(
  kafka: Kafka,
  unanswered: (broker: string) => void,
  subscribed: readonly string[] = [],
): KafkaCluster {
  let found: KafkaCluster | undefined;
  const consumer = kafka.consumer({
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
  consumer.on(consumer.events.REQUEST_TIMEOUT, ({ payload }) => unanswered(payload.broker));
  return Object.assign(found, { subscribed: new Set(subscribed) });
}

const none = Buffer.alloc(0);

/**
 * Makes the leaders of the topics known. kafkajs asks about every topic that it was ever told of, and one that was deleted
 * since spoils the answer for all: then it forgets them, and this rejects with what may be tried again.
 */
export async function knowTopics(cluster: KafkaCluster, topics: readonly string[]): Promise<void> {
  try {
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadataIfNecessary();
  } catch (caught) {
    if (!isUnknown(caught)) throw caught;
    // Throws where the unknown one is among these.
    if (topics.length > 0) await (await cluster.findControllerBroker()).metadata(topics);
    forgetTopics(cluster);
    throw unavailable("a topic that was used before is not there any more");
  }
}

/** How long a topic that was made a moment ago may be unknown to a broker. One that is unknown for longer is not there. */
export const newTopicForMs = 3000;

const isUnknown = (caught: unknown): boolean => failureOf(caught).code === "topic_unknown";

/** Those that are still in use are made known again with their next use. */
function forgetTopics({ targetTopics, subscribed }: KafkaCluster): void {
  for (const topic of targetTopics) if (!subscribed.has(topic)) targetTopics.delete(topic);
}

/** The broker that leads a partition, as far as is known. Rejects when none does. */
export async function leaderOf(cluster: KafkaCluster, { topic, partition }: TopicPartition): Promise<string> {
  await knowTopics(cluster, [topic]);
  return knownLeader(cluster, { topic, partition });
}

/** As {@link leaderOf}, from what is known, without a request; undefined when no broker leads the partition. */
export function leaderIfKnown(cluster: KafkaCluster, { topic, partition }: TopicPartition): string | undefined {
  try {
    const { leader } =
      cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition) ?? {};
    return leader === undefined || leader === null || leader < 0 ? undefined : String(leader);
  } catch {
    // kafkajs throws for a topic that it has not asked about.
    return undefined;
  }
}

/** As {@link leaderIfKnown}; throws when no broker leads the partition. */
function knownLeader(cluster: KafkaCluster, partition: TopicPartition): string {
  const leader = leaderIfKnown(cluster, partition);
  if (leader === undefined) throw unavailable(`no broker leads ${nameOf(partition)} now`);
  return leader;
}

/** Forgets a broker whose connection broke, and asks the others which broker leads what now. */
export async function recover(cluster: KafkaCluster, caught: unknown): Promise<void> {
  const failure = failureOf(caught);
  if (failure.address) forgetBroker(cluster, failure.address);
  // A broker that is not back yet is found at the next attempt.
  await cluster.refreshMetadata().catch((again: unknown) => {
    if (isUnknown(again)) forgetTopics(cluster);
  });
}

/** The next request to a broker at this address connects anew; where it was the seed, kafkajs takes another one. */
function forgetBroker(cluster: KafkaCluster, address: { readonly host: string; readonly port: number }): void {
  const { brokerPool } = cluster;
  const isThere = ({ connectionPool: { host, port } }: KafkaBroker) => host === address.host && port === address.port;
  const known = new Set([
    ...Object.values(brokerPool.brokers),
    ...(brokerPool.seedBroker ? [brokerPool.seedBroker] : []),
  ]);
  cluster.removeBroker(address);
  if (brokerPool.seedBroker && isThere(brokerPool.seedBroker)) {
    brokerPool.seedBroker = Object.values(brokerPool.brokers)[0];
  }
  // Its other connection may be open, and is not used any more.
  for (const broker of known) if (isThere(broker)) void broker.disconnect().catch(() => undefined);
}

/** How long kafkajs may take to disconnect: it waits for answers, and some never come. */
const disconnectMs = 1000;

/** Ends the connections of a cluster that is not used any more. */
export async function disconnect(cluster: KafkaCluster): Promise<void> {
  await atMost(disconnectMs, cluster.disconnect());
}

/** Waits for so long at most: what is not over then goes on by itself. That it fails is not told. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  await answeredWithin(ms, () => work).catch(() => undefined);
}

/**
 * What the answer is; rejects, with what may be tried again, where there is none in so long. The signal fires then: what is given
 * up is not to be asked again behind the back of whatever is asked next.
 */
export async function answeredWithin<Answer>(
  ms: number,
  ask: (givenUp: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const [over, givenUp] = [new AbortController(), new AbortController()];
  const late = sleep(ms, undefined, { signal: over.signal }).then(() => {
    givenUp.abort();
    throw unavailable(`no answer within ${ms} ms`);
  });
  late.catch(() => undefined);
  return Promise.race([ask(givenUp.signal), late]).finally(() => over.abort());
}

/** How long something is tried. */
export interface Patience {
  readonly withinMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Does what only reads, again and again until it succeeds, fails for good, or the time is over. The time begins anew with the
 * first failure: a connection that brings no answer may have taken all of it for itself. A topic that is unknown is asked for
 * again too, for `newTopicForMs` at most. Throws `closed` once the signal is aborted.
 */
export async function retryOn<Answer>(
  cluster: KafkaCluster,
  { withinMs, signal }: Patience,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  let failed: { readonly caught: unknown; readonly firstMs: number } | null = null;
  const mayRetry = (caught: unknown, pauseMs: number) => {
    const nowMs = performance.now();
    failed = { caught, firstMs: failed?.firstMs ?? nowMs };
    const { retryable, code } = failureOf(caught);
    const longestMs = code === "topic_unknown" ? Math.min(withinMs, newTopicForMs) : withinMs;
    return (retryable || code === "topic_unknown") && nowMs + pauseMs <= failed.firstMs + longestMs;
  };
  const checkOpen = () => {
    if (signal?.aborted) throw new KeylineError("closed", "the transport is closed");
  };
  try {
    return await retry({ firstPauseMs: 50, longestPauseMs: 1000, mayRetry, ...(signal && { signal }) }, async () => {
      checkOpen();
      if (failed) await recover(cluster, failed.caught);
      await cluster.connect();
      return attempt();
    });
  } catch (caught) {
    if (failureOf(caught).retryable) checkOpen();
    throw caught;
  }
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
