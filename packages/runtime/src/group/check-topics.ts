import { KeylineError } from "../errors.js";
import type { ReadTopic } from "../lane/arrival.js";
import { deadLetterTopic } from "../lane/dead-letter.js";
import type { CountMismatch, Topology } from "../topology.js";

/**
 * Compares what a group reads, and its dead letters, with the cluster. Throws `topic_unknown` for a topic that is not
 * there, `partition_count` for one whose keys would be misplaced, or whose dead letters would have no place.
 */
export async function checkTopics(topology: Topology, groupId: string, topics: readonly ReadTopic[]): Promise<void> {
  const addresses = topics.flatMap(({ address }) => [address, deadLetterTopic(address)]);
  await topology.load(addresses);
  for (const { topic, address } of topics) topology.partitionsOf(topic, address);
  const missing = addresses.filter((address) => !topology.knows(address));
  if (missing.length > 0) {
    throw new KeylineError(
      "topic_unknown",
      `cannot read with group ${groupId}: no topic ${missing.join(", ")}: create it first`,
    );
  }
  for (const { address } of topics) checkLetters(topology, address);
}

/** Asks the cluster again, for what has changed since `checkTopics`. A letter keeps its record's partition. */
export async function findMismatches(
  topology: Topology,
  topics: readonly ReadTopic[],
): Promise<readonly CountMismatch[]> {
  const mismatches = await topology.refresh();
  const letters = topics.flatMap(({ address }) => {
    const topic = deadLetterTopic(address);
    const [expected, found] = [topology.countOf(address), topology.countOf(topic)];
    return found < expected ? { topic, expected, found } : [];
  });
  return [...mismatches, ...letters];
}

/** A letter keeps its record's partition. */
function checkLetters(topology: Topology, address: string) {
  const letters = deadLetterTopic(address);
  const [needed, count] = [topology.countOf(address), topology.countOf(letters)];
  if (count >= needed) return;
  throw new KeylineError(
    "partition_count",
    `topic ${letters} has ${count} partitions and ${address} has ${needed}: a dead letter keeps its partition, so it needs as many`,
  );
}
