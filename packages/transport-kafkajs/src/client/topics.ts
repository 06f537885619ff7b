import type { LogRange, TopicPartition } from "@keyline/runtime/transport";
import { failureOf, unavailable } from "../errors.js";
import { askLeaders, knowTopics, nameOf, perTopic } from "./cluster.js";
import { type KafkaCluster, type MetadataAnswer, readCommitted, readUncommitted } from "./protocol.js";

/** The partition count of each of the topics that exists. */
export async function partitionCounts(
  cluster: KafkaCluster,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (topics.length === 0) return new Map();
  await knowTopics(cluster, []);
  const broker = await cluster.findControllerBroker();
  const counts = ({ topicMetadata }: MetadataAnswer) =>
    topicMetadata.map(({ topic, partitionMetadata }) => [topic, partitionMetadata.length] as const);
  const ask = async (some: readonly string[]) => {
    try {
      return counts(await broker.metadata(some));
    } catch (caught) {
      if (failureOf(caught).code === "topic_unknown") return null;
      throw caught;
    }
  };
  const all = await ask(topics);
  if (all) return new Map(all);
  // One that is unknown spoils the answer for all.
  const each = await Promise.all(topics.map((topic) => ask([topic])));
  return new Map(each.flatMap((found) => found ?? []));
}

/** The cluster's id. */
export async function clusterId(cluster: KafkaCluster): Promise<string> {
  await knowTopics(cluster, []);
  return (await (await cluster.findControllerBroker()).metadata([])).clusterId;
}

const earliest = -2;
const latest = -1;

/** The range of each partition's log, up to the last record that every in-sync replica has. */
export async function logRanges(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
): Promise<readonly LogRange[]> {
  const [starts, ends] = await Promise.all([
    offsetsAt(cluster, partitions, earliest),
    offsetsAt(cluster, partitions, latest),
  ]);
  return partitions.map((partition) => {
    const start = starts.get(nameOf(partition));
    const end = ends.get(nameOf(partition));
    if (start === undefined || end === undefined) throw unavailable(`no broker told the range of ${nameOf(partition)}`);
    return { start, end };
  });
}

/** Where each partition's readers of committed records stop for now. */
export async function stableEnds(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
): Promise<readonly number[]> {
  const ends = await offsetsAt(cluster, partitions, latest, readCommitted);
  return partitions.map((partition) => {
    const end = ends.get(nameOf(partition));
    if (end === undefined) throw unavailable(`no broker told the end of ${nameOf(partition)}`);
    return end;
  });
}

/** The first offset of each partition whose record is stamped at or after the time, or its log's end. */
export async function offsetsAtTime(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  timestampMs: number,
): Promise<readonly number[]> {
  const found = await offsetsAt(cluster, partitions, timestampMs);
  const ranges = await logRanges(cluster, partitions);
  return partitions.map((partition, index) => {
    const offset = found.get(nameOf(partition)) ?? -1;
    return offset >= 0 ? offset : (ranges[index]?.end ?? 0);
  });
}

async function offsetsAt(
  cluster: KafkaCluster,
  partitions: readonly TopicPartition[],
  timestamp: number,
  isolationLevel = readUncommitted,
): Promise<ReadonlyMap<string, number>> {
  const answers = await askLeaders(cluster, partitions, (leader, share) =>
    leader.listOffsets({
      isolationLevel,
      topics: perTopic(share, ({ partition }) => ({ partition, timestamp })),
    }),
  );
  const rows = answers.flatMap(({ responses }) =>
    responses.flatMap(({ topic, partitions: some }) =>
      some.map(({ partition, offset }) => [nameOf({ topic, partition }), Number(offset)] as const),
    ),
  );
  return new Map(rows);
}
