import type { KindRule } from "../audit/kinds.js";
import { sharedId } from "../audit/shared-id.js";

const finding = (promise: string | null, title: string): KindRule => ({ promise, severity: "finding", title });
const note = (promise: string | null, title: string): KindRule => ({ promise, severity: "note", title });

/**
 * The kinds of findings about a cluster's topics and groups. Each has a page under docs/findings. What clients report with
 * an error code has that code's words.
 */
export const clusterKinds = {
  ...sharedId("topic_unknown", finding(null, "a topic of the contract does not exist")),
  ...sharedId("partition_count", finding("P2", "a topic's partition count is not the contract's")),
  "replicas-few": finding("P4", "a topic has fewer replicas than the contract says"),
  "replicas-behind": note("P4", "replicas of a topic are not in sync now"),
  "min-insync-low": finding("P4", "a single replica may acknowledge writes"),
  "unclean-election": finding("P4", "a lagging replica may become leader and drop acknowledged records"),
  "compacted-keyed": finding("P8", "a keyed topic is compacted: only the latest event of a key stays"),
  "retention-short": finding(null, "a topic keeps its records for less time than the contract says"),
  "retention-bytes": note(null, "a topic deletes records by size, whatever their age"),
  "split-lanes": finding("P3", "topics of one lane are read by different members of a group"),
  "unread-partitions": finding("P3", "no member of a group reads some partitions of the group's topics"),
  "assignor-foreign": note("P3", "a group's assignor does not know lanes"),
} as const satisfies Readonly<Record<string, KindRule>>;

/** A kind of finding about a cluster. */
export type ClusterKind = keyof typeof clusterKinds;

/** A finding about a topic or a group. */
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
