import { createTransport, type KafkaOptions, kafkaClientFrom } from "@keyline/kafka";
import { kafkajsClient } from "@keyline/kafkajs";
import { platformaticClient } from "@keyline/platformatic";
import type { Transport } from "@keyline/runtime";
import type { ConsumerRecord, TransportProducer } from "@keyline/runtime/transport";
import kafkajs from "kafkajs";
import type { ConnectOptions, Harness, RawRecord, TestCluster } from "../src/harness.js";
import { allTopics } from "../src/kit/orders.js";
import { prefixedTransport } from "./prefixed-transport.js";
import {
  createTopicSets,
  freshPrefix,
  partitionsOf,
  type TopicClients,
  type TopicSet,
  type TopicSets,
} from "./topic-sets.js";

const { Kafka, logLevel } = kafkajs;

/** The client library that `KAFKA_CLIENT` names: each is held to all promises. */
const client = { kafkajs: kafkajsClient, platformatic: platformaticClient }[kafkaClientFrom(process.env)];
const createTestTransport = (options: KafkaOptions): Transport => createTransport(client, options);

/** What asks a cluster on behalf of all tests. */
interface Asking extends TopicClients {
  readonly sets: TopicSets;
}

/** The harness, and what ends its connections when the last test is over. */
export interface KafkaHarness {
  readonly harness: Harness;
  end(): Promise<void>;
}

/**
 * The transport on a real cluster. Topics and groups of each test have a prefix of their own. Faults of the
 * broker are the business of the transport's own tests, which kill brokers, so only what needs none is named here.
 */
export function kafkaHarness(name: string, brokers: () => readonly string[]): KafkaHarness {
  let opened: Promise<Asking> | undefined;
  return {
    harness: {
      name,
      isSlow: true,
      capabilities: ["recreate-topics", "expire-records", "open-transactions"],
      async createCluster({ ownTopics = false } = {}) {
        opened ??= openAsking(brokers());
        return createTestCluster(brokers(), await opened, ownTopics);
      },
    },
    async end() {
      const { admin, asking, each } = (await opened) ?? {};
      await Promise.all([admin?.disconnect(), ...[asking, ...(each ?? [])].map((one) => one?.close())]);
    },
  };
}

async function openAsking(brokers: readonly string[]): Promise<Asking> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const connect = () => createTestTransport({ brokers, ...quick });
  const asking = connect();
  const each = brokers.map((broker) => createTestTransport({ brokers: [broker] }));
  const clients = { admin, asking, each, connect };
  return { ...clients, sets: createTopicSets(clients, allTopics) };
}

/** Settings of a broker whose tests write events of any time, none of which may go before its test ends. */
export const anyTime = {
  "log.message.timestamp.after.max.ms": String(Number.MAX_SAFE_INTEGER),
  "log.retention.ms": "-1",
  "log.roll.ms": String(Number.MAX_SAFE_INTEGER),
  "log.segment.delete.delay.ms": "100",
};

/** Quick to notice, for tests that wait for it. */
const quick = { heartbeatIntervalMs: 100, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 5000, maxWaitMs: 25 };

async function createTestCluster(
  brokers: readonly string[],
  { admin, asking, sets }: Asking,
  ownTopics: boolean,
): Promise<TestCluster> {
  const own: TopicSet = { prefix: freshPrefix(), base: () => 0 };
  let set = own;
  const transports: Transport[] = [];

  const connect = ({ maxBatchBytes, maxRecordsPerFetch, metadataIntervalMs }: ConnectOptions = {}) => {
    const inner = createTestTransport({
      brokers,
      ...quick,
      ...(maxBatchBytes === undefined ? {} : { maxBatchBytes }),
      ...(metadataIntervalMs === undefined ? {} : { metadataIntervalMs }),
    });
    const made = prefixedTransport(inner, set, own.prefix, maxRecordsPerFetch ?? Number.POSITIVE_INFINITY);
    transports.push(made);
    return made;
  };
  let looking: Transport | undefined;
  /** Asks about what lies on the topics. What all tests share is not closed here. */
  const look = () => {
    looking ??= set === own ? connect() : prefixedTransport(asking, set, own.prefix, Number.POSITIVE_INFINITY);
    return looking;
  };
  let producer: TransportProducer | undefined;
  const counts = new Map<string, number>();
  const cannot = () => {
    throw new Error("a real broker does not do that on demand");
  };

  const createTopics = async (topics: Readonly<Record<string, number>>) => {
    for (const [topic, partitions] of Object.entries(topics)) counts.set(topic, partitions);
    if (topics === allTopics && !ownTopics) set = await sets.lease();
    else await sets.create(own.prefix, topics);
  };

  return {
    transport: connect,
    createTopics,
    async growTopic(topic, partitions) {
      if (set !== own) throw new Error("a test that changes topics has to ask for its own");
      counts.set(topic, partitions);
      await sets.grow(own.prefix + topic, partitions);
    },
    async produceRaw({
      topic,
      partition,
      key = null,
      value = null,
      headers = [],
      timestampMs = Date.now(),
    }: RawRecord) {
      const record = {
        key: key === null ? null : Buffer.from(key),
        value: typeof value === "string" ? Buffer.from(value) : value,
        headers,
        timestampMs,
      };
      producer ??= look().createProducer();
      return (await producer.append(topic, partition, [record])).offset;
    },
    async readAll(topic) {
      const reading = look();
      const partitions = partitionsOf({ [topic]: (await reading.partitionCounts([topic])).get(topic) ?? 0 });
      const ranges = await reading.logRanges(partitions);
      const found: ConsumerRecord[] = [];
      for (const [index, { start, end }] of ranges.entries()) {
        const read = reading.read({ topic, partition: index }, { from: start, to: end });
        for await (const { records } of read) found.push(...records);
      }
      return found;
    },
    async topics() {
      const all = await admin.listTopics();
      return new Set(
        all.filter((topic) => topic.startsWith(set.prefix)).map((topic) => topic.slice(set.prefix.length)),
      );
    },
    faults: {
      ...{ loseAnswers: cannot, refuseAppends: cannot, breakAppends: cannot },
      ...{ stall: cannot, truncate: cannot, compact: cannot },
      async expire({ topic, partition }, before) {
        const offset = String(before + set.base({ topic, partition }));
        // kafkajs' admin forgets to ask which broker leads the topic.
        await admin.fetchTopicOffsets(set.prefix + topic);
        await admin.deleteTopicRecords({ topic: set.prefix + topic, partitions: [{ partition, offset }] });
      },
      async openTransaction({ topic, partition }) {
        const transactionalId = `${own.prefix}${topic}-${partition}`;
        const writer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer({
          ...{ transactionalId, idempotent: true, maxInFlightRequests: 1 },
        });
        await writer.connect();
        const transaction = await writer.transaction();
        await transaction.send({
          topic: set.prefix + topic,
          messages: [{ key: "foreign", value: "foreign", partition }],
        });
        return async () => {
          await transaction.abort();
          await writer.disconnect();
        };
      },
      async recreateTopic(topic) {
        if (set !== own) throw new Error("a test that deletes topics has to ask for its own");
        await sets.delete([own.prefix + topic]);
        await createTopics({ [topic]: counts.get(topic) ?? 1 });
      },
    },
    async close() {
      await Promise.all([producer?.close(), ...transports.map((transport) => transport.close())]);
      if (set !== own) sets.giveBack(set);
      else if (counts.size > 0)
        await admin.deleteTopics({ topics: [...counts.keys()].map((topic) => own.prefix + topic) });
    },
  };
}
