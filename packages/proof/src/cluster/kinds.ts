import type { KindRule } from "../audit/kinds.js";

const finding = (promise: string | null, title: string): KindRule => ({ promise, severity: "finding", title });
const note = (promise: string | null, title: string): KindRule => ({ promise, severity: "note", title });

/** What can be wrong with a cluster's topics and groups. Each has a page under docs/findings. */
export const clusterKinds = {
  "topic-missing": finding(null, "a topic of the contract does not exist"),
  "partition-count": finding("P2", "a topic has another partition count than the contract says"),
  "replicas-few": finding("P4", "a topic has fewer replicas than the contract says"),
  "replicas-behind": note("P4", "replicas of a topic are not in sync now"),
  "min-insync-low": finding("P4", "one replica alone may acknowledge what is written"),
  "unclean-election": finding("P4", "a replica that lags may become leader, and drop what was acknowledged"),
  "compacted-keyed": finding("P8", "a keyed topic is compacted: of a key only the latest event stays"),
  "retention-short": finding(null, "a topic keeps its records for less time than the contract says"),
  "retention-bytes": note(null, "a topic deletes records by size, whatever their age"),
  "lanes-split": finding("P3", "topics of one lane are read by different members of a group"),
  "partitions-unread": finding("P3", "no member of a group reads some partitions of the group's topics"),
  "assignor-foreign": note("P3", "a group shares partitions in a way that does not know lanes"),
} as const satisfies Readonly<Record<string, KindRule>>;

/** One of the things that can be wrong with a cluster. */
export type ClusterKind = keyof typeof clusterKinds;

/** One thing that is wrong with a topic or a group. */
export interface ClusterFinding {
  readonly kind: ClusterKind;
  readonly promise: string | null;
  readonly severity: "finding" | "note";
  readonly title: string;
  /** The topic's or the group's name. */
  readonly subject: string;
  readonly detail: string;
  readonly fix: string;
}

export const clusterFinding = (kind: ClusterKind, subject: string, detail: string, fix: string): ClusterFinding => ({
  ...{ kind, ...clusterKinds[kind], subject, detail, fix },
});
