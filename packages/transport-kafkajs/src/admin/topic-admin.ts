import { type ClusterInspector, retry, type TopicState } from "@keyline/runtime/transport";
import type { Admin, ConfigEntries, ITopicMetadata } from "kafkajs";
import { createKafkajsClient } from "../client/client.js";
import { ConfigResourceTypes } from "../client/kafkajs.js";
import { type KafkajsOptions, settingsOf } from "../client/options.js";
import { failureOf, transportError, unavailable } from "../errors.js";
import { groupsOf } from "./groups.js";

/** A topic that is to be made. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  /** Default the cluster's `default.replication.factor`. */
  readonly replicas?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Looks at topics and groups, and changes topics; never deletes one. Rejections are KeylineErrors of the transport's codes. */
export interface TopicAdmin extends ClusterInspector {
  /** How many brokers the cluster has. */
  brokers(): Promise<number>;
  /** Makes a topic and waits until its partitions are led. Resolves to false when it was there already. */
  create(topic: NewTopic): Promise<boolean>;
  /** Sets some settings of a topic and leaves its others as they are. */
  configure(topic: string, config: Readonly<Record<string, string>>): Promise<void>;
  /** Adds partitions, up to a total. What is keyed must never be treated so: its keys move. */
  grow(topic: string, partitions: number): Promise<void>;
}

/** `configSource` of a setting that was given to the topic itself. */
const ofTheTopic = 1;
const readyWithinMs = 30_000;

/**
 * Connects when it is first used. Throws `options_invalid` for options that cannot work.
 *
 * Invariant: `connected` is the connection that stands or is tried; null before, and after a question that failed.
 */
export function createKafkajsTopics(options: KafkajsOptions): TopicAdmin {
  const client = createKafkajsClient(options, settingsOf(options), { retries: 5 });
  const admin = client.admin();
  let connected: Promise<void> | null = null;

  const ask = async <Answer>(doing: string, question: (admin: Admin) => Promise<Answer>): Promise<Answer> => {
    try {
      connected ??= admin.connect();
      await connected;
      return await question(admin);
    } catch (caught) {
      connected = null;
      throw transportError(caught, doing);
    }
  };

  const describe = (names: readonly string[]) => ask("describe topics", () => describeTopics(admin, names));

  return {
    brokers: () => ask("ask for the brokers", async () => (await admin.describeCluster()).brokers.length),
    describe,
    groups: (topics) => ask("look at consumer groups", () => groupsOf(admin, topics)),
    create: ({ name, partitions, replicas = -1, config = {} }) =>
      ask(`create topic ${name}`, async () => {
        const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
        const topics = [{ topic: name, numPartitions: partitions, replicationFactor: replicas, configEntries }];
        const created = await admin.createTopics({ topics, waitForLeaders: false });
        if (created) await allLed(admin, name, partitions);
        return created;
      }),
    async configure(topic, config) {
      const state = (await describe([topic])).get(topic);
      if (!state) throw transportError(unavailable(`${topic} does not exist`), `configure topic ${topic}`);
      // kafkajs can only replace all of a topic's own settings: those that are not ours to change are written back.
      const kept = Object.fromEntries(state.own.map((name) => [name, state.config[name] ?? ""]));
      const configEntries = Object.entries({ ...kept, ...config }).map(([name, value]) => ({ name, value }));
      await ask(`configure topic ${topic}`, () =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
        }),
      );
    },
    grow: (topic, count) =>
      ask(`add partitions to topic ${topic}`, async () => {
        await admin.createPartitions({ topicPartitions: [{ topic, count }] });
        await allLed(admin, topic, count);
      }),
    async close() {
      await admin.disconnect().catch(() => undefined);
      client.destroy();
    },
  };
}

async function describeTopics(admin: Admin, names: readonly string[]): Promise<ReadonlyMap<string, TopicState>> {
  const existing = new Set(await admin.listTopics());
  const wanted = names.filter((name) => existing.has(name));
  if (wanted.length === 0) return new Map<string, TopicState>();
  const { topics } = await admin.fetchTopicMetadata({ topics: wanted });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: wanted.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const entries = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  return new Map(topics.map((topic) => [topic.name, stateOf(topic, entries.get(topic.name) ?? [])]));
}

function stateOf({ name, partitions }: ITopicMetadata, settings: readonly ConfigEntries[]): TopicState {
  return {
    name,
    partitions: partitions.length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    inSync: Math.min(...partitions.map(({ isr }) => isr.length)),
    config: Object.fromEntries(settings.map(({ configName, configValue }) => [configName, configValue])),
    own: settings.flatMap(({ configName, configSource }) => (Number(configSource) === ofTheTopic ? configName : [])),
  };
}

/** Waits until a topic's partitions are led: kafkajs' own wait gives up when a broker does not know of the topic yet. */
async function allLed(admin: Admin, name: string, partitions: number): Promise<void> {
  const deadlineMs = performance.now() + readyWithinMs;
  const mayRetry = (caught: unknown) => {
    const { code, retryable } = failureOf(caught);
    return (retryable || code === "topic_unknown") && performance.now() <= deadlineMs;
  };
  await retry({ firstPauseMs: 50, longestPauseMs: 50, mayRetry }, async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    const led = topics[0]?.partitions.filter(({ leader }) => leader >= 0).length ?? 0;
    if (led < partitions) throw unavailable(`${led} of ${partitions} partitions of ${name} are led`);
  });
}
