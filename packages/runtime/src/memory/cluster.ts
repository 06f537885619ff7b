import { randomUUID } from "node:crypto";
import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { checkNames, type NamesOf } from "../known-names.js";
import { deadLetterTopic } from "../lane/dead-letter.js";
import type { ClusterInspector } from "../ports/inspector.js";
import type { ConsumerRecord, TopicPartition, Transport } from "../ports/transport.js";
import { createBroker } from "./broker.js";
import { createMemoryFaults, type MemoryFaults } from "./faults.js";
import type { GroupDescription } from "./group.js";
import { createMemoryInspector } from "./inspector.js";
import type { MemoryTopicOptions, MemoryTopics } from "./topics.js";
import { createMemoryTransport, type MemoryTransportOptions } from "./transport.js";

/** How a memory cluster is made; all of it may be left out. */
export interface MemoryClusterOptions {
  /**
   * A contract's topics: each is made with its partitions (1 where the contract does not say), and its dead-letter topic too. A
   * topic with parameters in its address is not: `createTopic` makes those that are needed. Default none.
   */
  readonly topics?: Topics;
  /** Default a fresh one: positions on one cluster mean nothing on another. */
  readonly clusterId?: string;
  /** How many brokers the partitions are led by: one fetch round brings what one of them has. Default 3. */
  readonly brokers?: number;
  /** Of the order in which calls, brokers and batches come. The same seed, the same order. Default 1. */
  readonly seed?: number;
  /** Bytes that all logs together hold, about; beyond them the largest log loses its older half. Default 1 GiB. */
  readonly maxBytes?: number;
  /** A consumer that stalls for longer is out of its group. Default 10,000 ms. */
  readonly sessionTimeoutMs?: number;
  /** A consumer whose `revoked` takes longer in a rebalance is out of its group. Default 30,000 ms. */
  readonly rebalanceTimeoutMs?: number;
}

/** A Kafka-like cluster in this process: partitioned logs, idempotent producers, consumer groups, and faults on demand. */
export interface MemoryCluster {
  readonly clusterId: string;
  /** Makes a topic. Throws `options_invalid` for one that exists, or for an illegal name or partition count. */
  createTopic(name: string, options: MemoryTopicOptions): void;
  /** Adds partitions to a topic, up to a total; groups share them out at once. Throws `options_invalid` for fewer than it has. */
  growTopic(name: string, partitions: number): void;
  /** The partition count of each topic. */
  topics(): ReadonlyMap<string, number>;
  /** A connection to the cluster; each stands for a process of its own. */
  transport(options?: MemoryTransportOptions): Transport;
  /** What goes wrong on real clusters, on demand. */
  readonly faults: MemoryFaults;
  /** What lies on a partition's log, in order. Throws `topic_unknown`. */
  records(topic: string, partition: number): readonly ConsumerRecord[];
  /** A consumer group's generation, members and unread partitions. */
  group(groupId: string): GroupDescription;
  /** The offset that a group committed; null for none. */
  committed(groupId: string, partition: TopicPartition): number | null;
  /** Looks at topics and groups as an inspector of a real cluster does. */
  inspector(): ClusterInspector;
}

const names: NamesOf<MemoryClusterOptions> = {
  topics: true,
  clusterId: true,
  brokers: true,
  seed: true,
  maxBytes: true,
  sessionTimeoutMs: true,
  rebalanceTimeoutMs: true,
};

/**
 * Makes a cluster without records. It needs no closing; its transports do. Throws `options_invalid` for a limit that is not positive,
 * and for an option that there is not.
 */
export function createMemoryCluster(options: MemoryClusterOptions = {}): MemoryCluster {
  checkNames("cannot make a memory cluster", options, names);
  const broker = createBroker({
    clusterId: options.clusterId ?? randomUUID(),
    brokers: positive("brokers", options.brokers ?? 3),
    seed: options.seed ?? 1,
    maxBytes: positive("maxBytes", options.maxBytes ?? 2 ** 30),
    sessionTimeoutMs: positive("sessionTimeoutMs", options.sessionTimeoutMs ?? 10_000),
    rebalanceTimeoutMs: positive("rebalanceTimeoutMs", options.rebalanceTimeoutMs ?? 30_000),
  });
  createTopics(broker.topics, options.topics ?? {});

  return {
    get clusterId() {
      return broker.clusterId;
    },
    createTopic: (name, topic) => broker.topics.create(name, topic),
    growTopic(name, partitions) {
      broker.topics.grow(name, partitions);
      for (const [, group] of broker.groups()) group.rebalance();
    },
    topics: () => broker.topics.counts(),
    transport: (transportOptions) => createMemoryTransport(broker, transportOptions),
    faults: createMemoryFaults(broker),
    records: (topic, partition) => broker.topics.log({ topic, partition }).records(),
    group: (groupId) => broker.group(groupId).describe(),
    committed: (groupId, partition) => broker.group(groupId).committed(partition),
    inspector: () => createMemoryInspector(broker),
  };
}

/** Makes a contract's topics, and the dead-letter topics that are not among them. */
function createTopics(created: MemoryTopics, contract: Topics): void {
  const fixed = Object.values(contract).filter(({ parameters }) => parameters.length === 0);
  const partitions = new Map(fixed.map((topic) => [topic.address, topic.partitions ?? 1]));
  const letters = [...partitions].map(([address, count]) => [deadLetterTopic(address), count] as const);
  for (const [name, count] of new Map([...letters, ...partitions])) created.create(name, { partitions: count });
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new KeylineError("options_invalid", `${name} cannot be ${value}: it has to be above 0`);
}
