// The part of kafkajs 2.2.4 that this package uses and that kafkajs' own types leave out or call `any`.
import type { DescribeConfigResponse, ResourceConfigQuery } from "kafkajs";
import type { RequestBroker } from "./request.js";

/** The numbers of topics and partitions in a request or an answer. */
export interface PerTopic<Row> {
  readonly topic: string;
  readonly partitions: readonly Row[];
}

/** A partition and the broker that leads it; null or -1 while none does. */
export interface PartitionLeader {
  readonly partitionId: number;
  readonly leader: number | null;
}

export interface MetadataAnswer {
  readonly clusterId: string;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly partitionMetadata: readonly PartitionLeader[];
  }[];
}

export interface JoinAnswer {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  /** Of all members; only the leader gets them. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

interface GroupMember {
  readonly groupId: string;
  readonly memberId: string;
}

/** One broker, as kafkajs speaks with it: a method for each request, which rejects with the first error of its answer. */
export interface KafkaBroker extends RequestBroker {
  metadata(topics: readonly string[]): Promise<MetadataAnswer>;
  describeConfigs(request: { readonly resources: readonly ResourceConfigQuery[] }): Promise<DescribeConfigResponse>;
  initProducerId(request: {
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  findGroupCoordinator(request: { readonly groupId: string; readonly coordinatorType: number }): Promise<unknown>;
  joinGroup(
    request: GroupMember & {
      readonly sessionTimeout: number;
      readonly rebalanceTimeout: number;
      readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
    },
  ): Promise<JoinAnswer>;
  syncGroup(
    request: GroupMember & {
      readonly generationId: number;
      readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
    },
  ): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: GroupMember & { readonly groupGenerationId: number }): Promise<unknown>;
  leaveGroup(request: GroupMember): Promise<unknown>;
  offsetCommit(
    request: GroupMember & {
      readonly groupGenerationId: number;
      readonly topics: readonly PerTopic<{ readonly partition: number; readonly offset: string }>[];
    },
  ): Promise<unknown>;
  offsetFetch(request: {
    readonly groupId: string;
    readonly topics: readonly PerTopic<{ readonly partition: number }>[];
  }): Promise<{ readonly responses: readonly PerTopic<{ readonly partition: number; readonly offset: string }>[] }>;
}

/** kafkajs' connections to a cluster, and what it knows of its topics. */
export interface KafkaCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** What it asks about, whenever it asks about topics; another set once one that was to be added is unknown. */
  readonly targetTopics: Set<string>;
  /** Topics that are in use as long as it is open, one that is deleted too. Ours, not kafkajs' own. */
  readonly subscribed: ReadonlySet<string>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  /** Makes the connections to a broker, none of which is opened yet. */
  readonly connectionPoolBuilder: {
    build(address: {
      readonly host: string;
      readonly port: number;
    }): Promise<{ readonly pool: readonly { readonly requestQueue: unknown }[] }>;
  };
  removeBroker(address: { readonly host: string; readonly port: number }): void;
  readonly brokerPool: {
    readonly brokers: Readonly<Record<string, KafkaBroker>>;
    /** What it asks while it knows no other that is connected. */
    seedBroker: KafkaBroker | undefined;
  };
  findBroker(node: { readonly nodeId: string }): Promise<KafkaBroker>;
  findControllerBroker(): Promise<KafkaBroker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<KafkaBroker>;
  findTopicPartitionMetadata(topic: string): readonly PartitionLeader[];
}
