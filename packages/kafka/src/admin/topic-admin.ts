import { type ClusterInspector, retry, type TopicState } from "@keyline/runtime/transport";
import { createClusters } from "../client/client.js";
import type { Cluster } from "../client/cluster.js";
import { type KafkaOptions, settingsOf } from "../client/options.js";
import { createQuestions } from "../client/questions.js";
import { type TopicSetting, topicSettings } from "../client/topics.js";
import { failureOf, unavailable } from "../errors.js";
import type { KafkaClient } from "../port.js";
import type { TopicMetadata } from "../wire/metadata.js";
import { alterConfigs, createPartitions, createTopics, ofTopic } from "../wire/topics.js";
import { refuseFailed } from "../wire/types.js";
import { groupsOf } from "./groups.js";

/** A topic to create. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  /** The number of replicas. Default the cluster's `default.replication.factor`. */
  readonly replicas?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/**
 * Reads the state of topics and groups, and changes topics; never deletes one. Rejections are KeylineErrors with the
 * transport's codes.
 */
export interface TopicAdmin extends ClusterInspector {
  /** The number of brokers in the cluster. */
  brokers(): Promise<number>;
  /** Creates a topic and waits until its partitions have leaders. Resolves to false if it existed already. */
  create(topic: NewTopic): Promise<boolean>;
  /** Changes some settings of a topic and keeps the others. */
  configure(topic: string, config: Readonly<Record<string, string>>): Promise<void>;
  /** Adds partitions, up to a total. Never use it on a topic with keys: they would move to other partitions. */
  grow(topic: string, partitions: number): Promise<void>;
}

/** Where a setting comes from that was given to the topic itself. */
const fromTopic = 1;
const readyWithinMs = 30_000;
const change = { timeoutMs: 15_000, validateOnly: false };
/** How long a question, or a change, is tried while brokers move. */
const tryForMs = 10_000;

/** Creates an admin of topics, which connects at the first use. Throws `options_invalid` for invalid options. */
export function createTopicAdmin(client: KafkaClient, options: KafkaOptions): TopicAdmin {
  const clusters = createClusters(client, options, settingsOf(options));
  const cluster = clusters.open();
  const { ask } = createQuestions(cluster, tryForMs);
  const settingsFrom = (config: Readonly<Record<string, string>>) =>
    Object.entries(config).map(([name, value]) => ({ name, value, operation: 0 }));

  return {
    brokers: () => ask("ask for the brokers", async () => (await cluster.metadata([])).brokers.length),
    describe: (names) => ask("describe topics", () => describeTopics(cluster, names)),
    groups: (topics) => ask("look at consumer groups", () => groupsOf(cluster, topics)),
    create: ({ name, partitions, replicas = -1, config = {} }) =>
      ask(`create topic ${name}`, async () => {
        const made = { name, partitions, replicas, placements: [], settings: settingsFrom(config) };
        const { topics } = await (await cluster.controller()).send(createTopics({ topics: [made], ...change }));
        const isThere = topics.some(({ error }) => error && failureOf(error).type === "TOPIC_ALREADY_EXISTS");
        if (isThere) return false;
        refuseFailed(topics.map((row) => ({ ...row, topic: row.name })));
        await allLed(cluster, name, partitions);
        return true;
      }),
    configure: (topic, config) =>
      ask(`configure topic ${topic}`, async () => {
        const resources = [{ type: ofTopic, name: topic, settings: settingsFrom(config) }];
        const answer = await (await cluster.controller()).send(alterConfigs({ resources, validateOnly: false }));
        refuseFailed(answer.resources.map((row) => ({ ...row, topic })));
      }),
    grow: (topic, count) =>
      ask(`add partitions to topic ${topic}`, async () => {
        const grown = [{ name: topic, count, placements: null }];
        const { topics } = await (await cluster.controller()).send(createPartitions({ topics: grown, ...change }));
        refuseFailed(topics.map((row) => ({ ...row, topic })));
        await allLed(cluster, topic, count);
      }),
    async close() {
      clusters.destroy();
    },
  };
}

async function describeTopics(cluster: Cluster, names: readonly string[]): Promise<ReadonlyMap<string, TopicState>> {
  const wanted = new Set(names);
  const { topics } = await cluster.metadata(names);
  const there = topics.filter(({ topic, error }) => wanted.has(topic) && !isUnseen(error));
  refuseFailed(there.map(({ topic, error }) => ({ topic, error })));
  if (there.length === 0) return new Map();
  const settings = await topicSettings(
    cluster,
    there.map(({ topic }) => topic),
  );
  return new Map(there.map((topic) => [topic.topic, stateOf(topic, settings.get(topic.topic) ?? [])]));
}

/** A topic that this user may not see is as one that is not there. */
const isUnseen = (error: Error | null) =>
  error !== null && ["topic_unknown", "transport_denied"].includes(failureOf(error).code);

function stateOf({ topic, partitions }: TopicMetadata, settings: readonly TopicSetting[]): TopicState {
  return {
    name: topic,
    partitions: partitions.length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas)),
    inSync: Math.min(...partitions.map(({ inSync }) => inSync)),
    config: Object.fromEntries(settings.map(({ name, value }) => [name, value ?? ""])),
    own: settings.flatMap(({ name, source }) => (source === fromTopic ? name : [])),
  };
}

/** Waits until a topic's partitions are led. */
async function allLed(cluster: Cluster, name: string, partitions: number): Promise<void> {
  const deadlineMs = performance.now() + readyWithinMs;
  const mayRetry = (caught: unknown) => {
    const { code, retryable } = failureOf(caught);
    return (retryable || code === "topic_unknown") && performance.now() <= deadlineMs;
  };
  await retry({ firstPauseMs: 50, longestPauseMs: 50, mayRetry }, async () => {
    const found = (await cluster.metadata([name])).topics.find(({ topic }) => topic === name);
    if (found?.error) throw found.error;
    const led = found?.partitions.filter(({ leader }) => leader >= 0).length ?? 0;
    if (led < partitions) throw unavailable(`${led} of ${partitions} partitions of ${name} are led`);
  });
}
