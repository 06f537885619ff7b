import type { Transport } from "@keyline/runtime";
import type { ConsumerRecord, Headers, TopicPartition } from "@keyline/runtime/transport";

/** What only some transports can be made to do on demand; everything else in the suites any transport can. */
export const allCapabilities = [
  /** Answers of the broker get lost, appends are refused or break off. */
  "append-faults",
  /** A member's session ends while its process goes on. */
  "stall",
  /** Logs are truncated and compacted. */
  "rewrite-logs",
  /** A topic is deleted and recreated. */
  "recreate-topics",
  /** Records are deleted as retention does it. */
  "expire-records",
  /** Another producer's transaction stays open. */
  "open-transactions",
  /** A rebalance does not wait for members that do not let go. */
  "short-rebalance",
] as const;

/** @see allCapabilities */
export type Capability = (typeof allCapabilities)[number];

/** A transport under test. */
export interface Harness {
  readonly name: string;
  /** Whether random histories take many times as long as in memory. Default false. */
  readonly isSlow?: boolean;
  /** What it can be made to do; a test that needs more is not run on it, so each test file names what it lacks. */
  readonly capabilities: readonly Capability[];
  createCluster(options?: ClusterOptions): Promise<TestCluster>;
}

export interface ClusterOptions {
  /** Of everything random that the cluster does. */
  readonly seed?: number;
  /** How long a rebalance waits for its members; for transports with `short-rebalance`. */
  readonly rebalanceTimeoutMs?: number;
  /** Its topics are made for it alone: for tests that delete some. Default false: they may have been another test's before. */
  readonly ownTopics?: boolean;
}

/** How one process connects. */
export interface ConnectOptions {
  readonly maxBatchBytes?: number;
  /** Records that one fetch brings of one partition at most. */
  readonly maxRecordsPerFetch?: number;
  readonly metadataIntervalMs?: number;
}

/** A record as any client may write it. */
export interface RawRecord extends TopicPartition {
  readonly key?: string | Uint8Array | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: Headers;
  readonly timestampMs?: number;
}

/** A cluster of its own, for one test. */
export interface TestCluster {
  /** A connection, as of a new process. */
  transport(options?: ConnectOptions): Transport;
  /** Makes topics with their partition counts. */
  createTopics(topics: Readonly<Record<string, number>>): Promise<void>;
  /** Adds partitions to a topic, up to a total, of a cluster with topics of its own. */
  growTopic(topic: string, partitions: number): Promise<void>;
  /** Writes a record past every SDK; resolves to its offset. */
  produceRaw(record: RawRecord): Promise<number>;
  /** Everything on a topic, by partition and offset. */
  readAll(topic: string): Promise<readonly ConsumerRecord[]>;
  /** The topics that exist. */
  topics(): Promise<ReadonlySet<string>>;
  readonly faults?: ClusterFaults;
  close(): Promise<void>;
}

/** Where a fault applies, and for how many appends (default: until it is turned off by the function returned). */
export interface FaultPlace {
  readonly topic?: string;
  readonly partition?: number;
  readonly count?: number;
}

/** What the capabilities name; a harness has those that it says it can. */
export interface ClusterFaults {
  loseAnswers(place: FaultPlace): () => void;
  refuseAppends(place: FaultPlace): () => void;
  breakAppends(place: FaultPlace & { readonly written: boolean }): () => void;
  /** Ends the sessions of a transport's members without their knowledge; the result wakes them. */
  stall(transport: Transport): () => void;
  truncate(partition: TopicPartition, end: number): void;
  recreateTopic(topic: string): Promise<void>;
  /** Deletes the records below an offset. */
  expire(partition: TopicPartition, before: number): Promise<void>;
  /** A transaction with a record of its own stays open in the partition; the result gives it up. */
  openTransaction(partition: TopicPartition): Promise<() => Promise<void>>;
  compact(partition: TopicPartition, offsets: readonly number[]): void;
}

/** The faults of a cluster whose harness has them. */
export function faultsOf(cluster: TestCluster): ClusterFaults {
  if (cluster.faults) return cluster.faults;
  throw new Error("the harness names a capability that its clusters do not have");
}
