import type { TopicPartition } from "@keyline/runtime/transport";

/** Names a partition in maps and messages. */
export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Rows by topic, as requests have them. */
export function perTopic<Row extends TopicPartition, Out>(
  rows: readonly Row[],
  rowOf: (row: Row) => Out,
): { readonly topic: string; readonly partitions: readonly Out[] }[] {
  const topics = Map.groupBy(rows, ({ topic }) => topic);
  return [...topics].map(([topic, some]) => ({ topic, partitions: some.map(rowOf) }));
}
