import type { TopicPartition } from "./transport.js";

/** A topic as the cluster reports it. */
export interface TopicState {
  readonly name: string;
  readonly partitions: number;
  /** The number of replicas of the partition that has the fewest. */
  readonly replicas: number;
  /** The number of in-sync replicas of the partition that has the fewest. */
  readonly inSync: number;
  /** Every setting in force, including defaults. */
  readonly config: Readonly<Record<string, string>>;
  /** Names of the settings that were set for this topic. */
  readonly own: readonly string[];
}

/** A member of a consumer group, and the partitions that it owns now. */
export interface MemberState {
  readonly memberId: string;
  /** The client id of the process. */
  readonly clientId: string;
  readonly partitions: readonly TopicPartition[];
  /**
   * Features that its code announced when it joined; empty for a member of another library or of an earlier version.
   */
  readonly announces: readonly string[];
}

/** A consumer group as its coordinator reports it. */
export interface GroupState {
  readonly groupId: string;
  /** Kafka's name of the state, e.g. `Stable`, `Empty`; `Unknown` for a group of another protocol. */
  readonly state: string;
  /** How its members share partitions, e.g. `keyline-lanes`, `RoundRobinAssigner`, `range`; empty without members. */
  readonly assignor: string;
  readonly members: readonly MemberState[];
  /** The committed offsets (the next to read) of the requested topics. */
  readonly committed: readonly (TopicPartition & { readonly offset: number })[];
}

/**
 * Reads the state of a cluster's topics and consumer groups; changes nothing. Rejections are KeylineErrors with the
 * transport's codes.
 */
export interface ClusterInspector {
  /** Describes those of the named topics that exist. */
  describe(names: readonly string[]): Promise<ReadonlyMap<string, TopicState>>;
  /** The consumer groups that own, or have committed offsets of, one of the topics. */
  groups(topics: readonly string[]): Promise<readonly GroupState[]>;
  close(): Promise<void>;
}
