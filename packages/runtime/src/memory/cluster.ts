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

/** The options of a memory cluster; all are optional. */
export interface MemoryClusterOptions {
  /**
   * A contract's topics: each is created with its partitions (1 if the contract states none), and its dead-letter topic
   * too. Topics with parameters in their address are left out: create them with `createTopic`. Default none.
   */
  readonly topics?: Topics;
  /** The cluster's id. Default a new one: positions of one cluster are meaningless on another. */
  readonly clusterId?: string;
  /** The number of brokers that lead partitions: one fetch returns records of one broker. Default 3. */
  readonly brokers?: number;
  /** Determines the order of calls, brokers and batches. The same seed gives the same order. Default 1. */
  readonly seed?: number;
  /**
   * The approximate size of all logs together (bytes); above it the largest log loses its older half. Default 1 GiB.
   */
  readonly maxBytes?: number;
  /** A consumer that stalls for longer loses its membership. Default 10,000 ms. */
  readonly sessionTimeoutMs?: number;
  /** A consumer whose `revoked` takes longer in a rebalance loses its membership. Default 30,000 ms. */
  readonly rebalanceTimeoutMs?: number;
}

/** A Kafka-like cluster in this process: partitioned logs, idempotent producers, consumer groups, and faults on demand. */
export interface MemoryCluster {
  readonly clusterId: string;
  /** Creates a topic. Throws `options_invalid` if it exists, or for an invalid name or partition count. */
  createTopic(name: string, options: MemoryTopicOptions): void;
  /**
   * Adds partitions to a topic, up to a total; groups assign them at once. Throws `options_invalid` for fewer than it
   * has.
   */
  growTopic(name: string, partitions: number): void;
  /** The partition count of each topic. */
  topics(): ReadonlyMap<string, number>;
  /** Creates a connection to the cluster; each represents a separate process. */
  transport(options?: MemoryTransportOptions): Transport;
  /** Faults of real clusters, on demand. */
  readonly faults: MemoryFaults;
  /** The records in a partition's log, in order. Throws `topic_unknown`. */
  records(topic: string, partition: number): readonly ConsumerRecord[];
  /** A consumer group's generation, members and unread partitions. */
  group(groupId: string): GroupDescription;
  /** The committed offset of a group; null for none. */
  committed(groupId: string, partition: TopicPartition): number | null;
  /** Creates an inspector of topics and groups, as for a real cluster. */
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
 * Creates an empty cluster. It does not need closing; its transports do. Throws `options_invalid` for a limit that is
 * not positive, and for an unknown option.
 */
export function createMemoryCluster(options: MemoryClusterOptions = {}): MemoryCluster {
  checkNames("cannot create a memory cluster", options, names);
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
