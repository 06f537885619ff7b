// The part of kafkajs 2.2.4 that this package uses and that kafkajs' own types leave out or call `any`.
import type { CompressionTypes, IHeaders } from "kafkajs";

/** The numbers of topics and partitions in a request or an answer. */
export interface PerTopic<Row> {
  readonly topic: string;
  readonly partitions: readonly Row[];
}

/** A partition and who leads it; null or -1 while nobody does. */
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

/** A record as kafkajs writes it. */
export interface OutgoingMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
  readonly timestamp: number;
}

/** A record as kafkajs reads it. */
export interface IncomingMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
  readonly timestamp: string;
  readonly offset: string;
  /** A transaction's marker, which is no record. */
  readonly isControlRecord: boolean;
  readonly batchContext: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

export interface ProducePartition {
  readonly partition: number;
  readonly firstSequence: number;
  readonly messages: readonly OutgoingMessage[];
}

export interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly baseOffset: string }[];
  }[];
}

export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  /** Where readers of committed records stop for now: the first record of the oldest open transaction, or the end. */
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly messages: readonly IncomingMessage[];
}

export interface FetchAnswer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
}

export interface JoinAnswer {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  /** Everyone's, for the leader alone. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

interface GroupMember {
  readonly groupId: string;
  readonly memberId: string;
}

/** One broker, as kafkajs speaks with it: a method for each request, which rejects with the first error of its answer. */
export interface KafkaBroker {
  /** By a request's number, which of its versions the broker takes; null before it is connected. */
  readonly versions: { readonly [apiKey: number]: { readonly maxVersion: number } | undefined } | null;
  /** Takes requests that kafkajs has no method for. */
  readonly connectionPool: {
    send<Answer>(exchange: {
      readonly request: {
        readonly apiKey: number;
        readonly apiName: string;
        readonly apiVersion: number;
        readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
      };
      readonly response: {
        readonly decode: (answer: Buffer) => Promise<Buffer>;
        readonly parse: (answer: Buffer) => Promise<Answer>;
      };
    }): Promise<Answer>;
  };
  metadata(topics: readonly string[]): Promise<MetadataAnswer>;
  initProducerId(request: {
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  produce(request: {
    readonly topicData: readonly PerTopic<ProducePartition>[];
    readonly producerId: string;
    readonly producerEpoch: number;
    readonly acks: -1;
    readonly timeout: number;
    readonly compression: CompressionTypes;
  }): Promise<ProduceAnswer>;
  fetch(request: {
    readonly isolationLevel: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly PerTopic<{
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }>[];
  }): Promise<FetchAnswer>;
  listOffsets(request: {
    readonly isolationLevel: number;
    readonly topics: readonly PerTopic<{ readonly partition: number; readonly timestamp: number }>[];
  }): Promise<{ readonly responses: readonly PerTopic<{ readonly partition: number; readonly offset: string }>[] }>;
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
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  removeBroker(address: { readonly host: string; readonly port: number }): void;
  findBroker(node: { readonly nodeId: string }): Promise<KafkaBroker>;
  findControllerBroker(): Promise<KafkaBroker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<KafkaBroker>;
  findTopicPartitionMetadata(topic: string): readonly PartitionLeader[];
}

/** Only what producers have committed, which is everything where nobody uses transactions. */
export const readCommitted = 1;
/** Up to the last record that every in-sync replica has. */
export const readUncommitted = 0;
