import type { TopicPartition } from "@keyline/runtime/transport";
import { unavailable } from "../errors.js";
import { nameOf } from "../partitions.js";
import type { TopicMetadata } from "../wire/metadata.js";
import type { Cluster } from "./cluster.js";

/** A partition with the broker that leads it. */
export interface LedPartition extends TopicPartition {
  readonly nodeId: string;
  /** Grows with each election of a leader; -1 where it is not known. */
  readonly leaderEpoch: number;
}

/** The newest epoch that was heard of each partition, by the topic's id: a recreated topic begins at 0 again. */
export type HeardEpochs = Map<string, number>;

/** Invariant: a cluster keeps its entry, in which an epoch never goes down. */
const heardIn = new WeakMap<Cluster, HeardEpochs>();

/**
 * The leaders of partitions by fresh metadata. Throws what may be tried again where one has none, or where the broker that
 * was asked is behind: an old leader that is cut off goes on to answer, and does not know what was appended since.
 */
export async function leadersOf(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<readonly LedPartition[]> {
  const heard: HeardEpochs = heardIn.get(cluster) ?? new Map();
  heardIn.set(cluster, heard);
  const { topics } = await cluster.metadata(partitions.map(({ topic }) => topic));
  return findLeaders(partitions, topics, heard);
}

/** Finds partitions' leaders in metadata, and notes their epochs. */
export function findLeaders(
  partitions: readonly TopicPartition[],
  metadata: readonly TopicMetadata[],
  heard: HeardEpochs,
): readonly LedPartition[] {
  const topics = new Map(metadata.map((one) => [one.topic, one]));
  return partitions.map(({ topic, partition }) => {
    const found = topics.get(topic);
    if (found?.error) throw found.error;
    const state = found?.partitions.find((one) => one.partition === partition);
    if (!found || !state || state.leader < 0) throw unavailable(`no broker leads ${nameOf({ topic, partition })} now`);
    const { leader, leaderEpoch } = state;
    // Without an id, a recreated topic cannot be distinguished from one whose broker is behind.
    if (found.id === null) return { topic, partition, nodeId: String(leader), leaderEpoch: -1 };
    const place = nameOf({ topic: found.id, partition });
    if (leaderEpoch < (heard.get(place) ?? -1))
      throw unavailable(
        `the broker that was asked is behind: ${nameOf({ topic, partition })} has had another leader since`,
      );
    heard.set(place, leaderEpoch);
    return { topic, partition, nodeId: String(leader), leaderEpoch };
  });
}
