import type { TopicPartition } from "./transport.js";

/** A topic as the cluster has it. */
export interface TopicState {
  readonly name: string;
  readonly partitions: number;
  /** Of the partition that has fewest. */
  readonly replicas: number;
  /** Replicas that are in sync now, of the partition that has fewest. */
  readonly inSync: number;
  /** Every setting that is in force, defaults too. */
  readonly config: Readonly<Record<string, string>>;
  /** Names of the settings that were given to this topic, and are not defaults. */
  readonly own: readonly string[];
}

/** One member of a consumer group, and what it owns now. */
export interface MemberState {
  readonly memberId: string;
  /** What the process calls itself. */
  readonly clientId: string;
  readonly partitions: readonly TopicPartition[];
  /** What it said on joining that its code knows; empty for a member of another library, or of a version before. */
  readonly announces: readonly string[];
}

/** A consumer group as its coordinator has it. */
export interface GroupState {
  readonly groupId: string;
  /** Kafka's word, e.g. `Stable`, `Empty`; `Unknown` for a group of a protocol that cannot be looked into. */
  readonly state: string;
  /** How its members share partitions, e.g. `keyline-lanes`, `RoundRobinAssigner`, `range`; empty without members. */
  readonly assignor: string;
  readonly members: readonly MemberState[];
  /** The next offsets to read that it has recorded, of the topics that were asked about. */
  readonly committed: readonly (TopicPartition & { readonly offset: number })[];
}

/** Looks at a cluster's topics and consumer groups; changes nothing. Rejections are KeylineErrors of the transport's codes. */
export interface ClusterInspector {
  /** Those of the named topics that exist. */
  describe(names: readonly string[]): Promise<ReadonlyMap<string, TopicState>>;
  /** The consumer groups that own, or have recorded offsets of, one of the topics. */
  groups(topics: readonly string[]): Promise<readonly GroupState[]>;
  close(): Promise<void>;
}
