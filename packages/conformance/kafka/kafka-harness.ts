import { randomBytes } from "node:crypto";
import { createKafkajsTransport } from "@keyline/kafkajs";
import type { Transport } from "@keyline/runtime";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import kafkajs from "kafkajs";
import { vi } from "vitest";
import type { ConnectOptions, Harness, RawRecord, TestCluster } from "../src/harness.js";
import { prefixedTransport } from "./prefixed-transport.js";

const { Kafka, logLevel } = kafkajs;

/**
 * The kafkajs transport on a real cluster. Topics and groups of each test have a prefix of their own. Faults of the
 * broker are the business of the transport's own tests, which kill brokers, so only what needs none is named here.
 */
export function kafkaHarness(name: string, brokers: () => readonly string[]): Harness {
  return {
    name,
    capabilities: ["recreate-topics"],
    createCluster: async () => createTestCluster(brokers()),
  };
}

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

/** Settings of a broker whose tests write events of any time, and whose topics go when they end. */
export const anyTime = {
  "log.message.timestamp.after.max.ms": String(Number.MAX_SAFE_INTEGER),
  "log.segment.delete.delay.ms": "100",
};

/** Quick to notice, for tests that wait for it. */
const quick = { heartbeatIntervalMs: 100, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 5000, maxWaitMs: 25 };

async function createTestCluster(brokers: readonly string[]): Promise<TestCluster> {
  const prefix = `${randomBytes(6).toString("hex")}.`;
  const transports: Transport[] = [];
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();

  const connect = ({ maxBatchBytes, maxRecordsPerFetch }: ConnectOptions = {}) => {
    const inner = createKafkajsTransport({
      brokers,
      ...quick,
      ...(maxBatchBytes === undefined ? {} : { maxBatchBytes }),
    });
    const made = prefixedTransport(inner, prefix, maxRecordsPerFetch ?? Number.POSITIVE_INFINITY);
    transports.push(made);
    return made;
  };
  const own = connect();
  const producer = own.createProducer();
  const counts = new Map<string, number>();
  const cannot = () => {
    throw new Error("a real broker does not do that on demand");
  };

  const createTopics = async (topics: Readonly<Record<string, number>>) => {
    const wanted = Object.entries(topics).map(([topic, numPartitions]) => ({ topic: prefix + topic, numPartitions }));
    for (const [topic, partitions] of Object.entries(topics)) counts.set(topic, partitions);
    await admin.createTopics({ topics: wanted, waitForLeaders: false });
    await everyBroker(
      wanted.map(({ topic }) => topic),
      wanted.length,
    );
    const partitions = Object.entries(topics).flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    );
    await until(async () => void (await own.logRanges(partitions)));
  };

  /** Each broker hears of a topic, or of its end, a moment after it happened: what is asked of the first one it is asked. */
  const everyBroker = (names: readonly string[], wanted: number) =>
    Promise.all(
      brokers.map((broker) =>
        until(async () => {
          const alone = createKafkajsTransport({ brokers: [broker] });
          const found = await alone.partitionCounts(names).finally(() => alone.close());
          if (found.size !== wanted) throw new Error(`${broker} knows ${found.size} of ${names.join(", ")}`);
        }),
      ),
    );

  return {
    transport: connect,
    createTopics,
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
      return (await producer.append(topic, partition, [record])).offset;
    },
    async readAll(topic) {
      const count = (await own.partitionCounts([topic])).get(topic) ?? 0;
      const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
      const ranges = await own.logRanges(partitions);
      const found: ConsumerRecord[] = [];
      for (const [index, { start, end }] of ranges.entries()) {
        const read = own.read({ topic, partition: index }, { from: start, to: end });
        for await (const { records } of read) found.push(...records);
      }
      return found;
    },
    async topics() {
      const all = await admin.listTopics();
      return new Set(all.filter((topic) => topic.startsWith(prefix)).map((topic) => topic.slice(prefix.length)));
    },
    faults: {
      ...{ loseAnswers: cannot, refuseAppends: cannot, breakAppends: cannot },
      ...{ stall: cannot, truncate: cannot, compact: cannot },
      async recreateTopic(topic) {
        await admin.deleteTopics({ topics: [prefix + topic] });
        await everyBroker([prefix + topic], 0);
        await createTopics({ [topic]: counts.get(topic) ?? 1 });
      },
    },
    async close() {
      await Promise.all(transports.map((transport) => transport.close()));
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
      if (topics.length > 0) await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
}
