import type { TopicPartition } from "../ports/transport.js";
import { createRandom, type Random } from "../random.js";
import type { MemoryConsumer } from "./consumer.js";
import { createGroup, type Group } from "./group.js";
import { createNetwork, type Network } from "./network.js";
import type { ProducerFaults } from "./producer.js";
import { createSwitch, type Switch } from "./switches.js";
import { createMemoryTopics, type MemoryTopics } from "./topics.js";

/** Limits and times of a cluster, all filled in. */
export interface BrokerSettings {
  readonly clusterId: string;
  readonly brokers: number;
  readonly seed: number;
  readonly maxBytes: number;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** What the clients of a cluster share: the broker's side of every call. */
export interface Broker {
  readonly settings: BrokerSettings;
  readonly random: Random;
  readonly network: Network;
  readonly topics: MemoryTopics;
  readonly faults: ProducerFaults;
  readonly fetchesHeld: Switch<true>;
  /** Consumers that were made and not closed, by their transport. */
  readonly consumers: Map<MemoryConsumer, object>;
  clusterId: string;
  newProducerId(): number;
  newMemberId(): string;
  group(groupId: string): Group;
  groups(): Iterable<readonly [groupId: string, group: Group]>;
  ownerOf(groupId: string, partition: TopicPartition): MemoryConsumer | undefined;
}

/** Invariant: a group is made when it is first named, and kept; ids of producers and members are never given twice. */
export function createBroker(settings: BrokerSettings): Broker {
  const random = createRandom(settings.seed);
  const topics = createMemoryTopics(settings.maxBytes);
  const groups = new Map<string, Group>();
  const consumers = new Map<MemoryConsumer, object>();
  let lastProducerId = 0;
  let lastMember = 0;

  const group = (groupId: string) => {
    const known = groups.get(groupId);
    if (known) return known;
    const { rebalanceTimeoutMs, sessionTimeoutMs } = settings;
    const made = createGroup({ partitionCounts: () => topics.counts(), rebalanceTimeoutMs, sessionTimeoutMs });
    groups.set(groupId, made);
    return made;
  };

  return {
    settings,
    random,
    network: createNetwork(random),
    topics,
    faults: {
      answersLate: createSwitch(),
      answersLost: createSwitch(),
      appendsRefused: createSwitch(),
      outcomesUnknown: createSwitch(),
    },
    fetchesHeld: createSwitch(),
    consumers,
    clusterId: settings.clusterId,
    newProducerId() {
      lastProducerId += 1;
      return lastProducerId;
    },
    newMemberId() {
      lastMember += 1;
      // Members are sorted, and lanes are given out to them, in alphabetical order.
      return `member-${String(lastMember).padStart(6, "0")}`;
    },
    group,
    groups: () => groups.entries(),
    ownerOf(groupId, partition) {
      const owner = group(groupId).ownerOf(partition);
      return [...consumers.keys()].find(({ memberId }) => memberId === owner);
    },
  };
}
