import { createMemoryCluster } from "@keyline/runtime/memory";
import type { ConnectOptions, Harness } from "../src/harness.js";

/** The memory transport, which can do everything that the suites ask for. */
export const memoryHarness: Harness = {
  name: "memory",
  capabilities: [
    "append-faults",
    "stall",
    "rewrite-logs",
    "recreate-topics",
    "expire-records",
    "open-transactions",
    "short-rebalance",
  ],
  async createCluster({ seed = 1, rebalanceTimeoutMs = 5000 } = {}) {
    const cluster = createMemoryCluster({ seed, rebalanceTimeoutMs });
    const { faults } = cluster;
    return {
      transport: ({ maxBatchBytes, maxRecordsPerFetch, metadataIntervalMs }: ConnectOptions = {}) =>
        cluster.transport({
          ...(maxBatchBytes === undefined ? {} : { maxBatchBytes }),
          ...(metadataIntervalMs === undefined ? {} : { metadataIntervalMs }),
          ...(maxRecordsPerFetch === undefined ? {} : { maxRecordsPerPartition: maxRecordsPerFetch }),
        }),
      async createTopics(topics) {
        for (const [name, partitions] of Object.entries(topics)) cluster.createTopic(name, { partitions });
      },
      growTopic: async (topic, partitions) => cluster.growTopic(topic, partitions),
      produceRaw: async ({ topic, partition, key = null, value = null, headers = [], timestampMs = Date.now() }) =>
        faults.produce({
          topic,
          partition,
          key: key === null ? null : Buffer.from(key),
          value: typeof value === "string" ? Buffer.from(value) : value,
          headers,
          timestampMs,
        }),
      readAll: async (topic) =>
        Array.from({ length: cluster.topics().get(topic) ?? 0 }, (_, lane) => cluster.records(topic, lane)).flat(),
      topics: async () => new Set(cluster.topics().keys()),
      faults: {
        loseAnswers: faults.loseAnswers,
        refuseAppends: faults.refuseAppends,
        breakAppends: faults.breakAppends,
        stall: (transport) => faults.stall(transport, { expireAfterMs: 0 }),
        truncate: faults.truncate,
        recreateTopic: async (topic) => faults.recreateTopic(topic),
        expire: async (partition, before) => faults.deleteRecords(partition, before),
        async openTransaction(partition) {
          const end = faults.openTransaction(partition);
          return async () => end();
        },
        compact: faults.compact,
      },
      close: async () => undefined,
    };
  },
};
