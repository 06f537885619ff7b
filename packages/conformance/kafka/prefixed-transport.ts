import type { Transport } from "@keyline/runtime";
import type { RecordBatch, TopicPartition, TransportConsumerEvents } from "@keyline/runtime/transport";
import { createSlices } from "./slices.js";

/**
 * A transport on which all topics and groups have a prefix that nobody above sees: many tests on one cluster.
 * Of what one fetch brings of a partition it hands over `maxRecords` at a time, and nothing while that is paused.
 */
export function prefixedTransport(inner: Transport, prefix: string, maxRecords: number): Transport {
  const put = <P extends TopicPartition>(some: readonly P[]): P[] =>
    some.map((one) => ({ ...one, topic: prefix + one.topic }));
  const bare = (topic: string) => topic.slice(prefix.length);
  const take = <P extends TopicPartition>(some: readonly P[]): P[] =>
    some.map((one) => ({ ...one, topic: bare(one.topic) }));
  const takeBatch = (batch: RecordBatch): RecordBatch => ({
    ...batch,
    topic: bare(batch.topic),
    records: take(batch.records),
  });
  const wrapEvents = (events: TransportConsumerEvents): TransportConsumerEvents => ({
    assigned: async (partitions) => put(await events.assigned(take(partitions))),
    revoked: (partitions, reason) => events.revoked(take(partitions), reason),
    batch: (batch) => events.batch(takeBatch(batch)),
    unread: (partitions) => events.unread?.(take(partitions)),
    failed: (error) => events.failed(error),
  });

  return {
    name: inner.name,
    maxBatchBytes: inner.maxBatchBytes,
    // Positions of one test mean nothing in another, as if each had a cluster of its own.
    clusterId: async () => `${await inner.clusterId()}-${prefix}`,
    async partitionCounts(topics) {
      const counts = await inner.partitionCounts(topics.map((topic) => prefix + topic));
      return new Map([...counts].map(([topic, count]) => [bare(topic), count]));
    },
    logRanges: (partitions) => inner.logRanges(put(partitions)),
    offsetsAtTime: (partitions, timestampMs) => inner.offsetsAtTime(put(partitions), timestampMs),
    async *read({ topic, partition }, range, options) {
      for await (const batch of inner.read({ topic: prefix + topic, partition }, range, options))
        yield takeBatch(batch);
    },
    createProducer() {
      const producer = inner.createProducer();
      return {
        connect: () => producer.connect(),
        append: (topic, partition, records, options) => producer.append(prefix + topic, partition, records, options),
        close: () => producer.close(),
      };
    },
    createConsumer(options) {
      const slices = createSlices(maxRecords, options.events);
      const consumer = inner.createConsumer({
        ...options,
        groupId: prefix + options.groupId,
        groups: options.groups.map(({ name, topics }) => ({ name, topics: topics.map((topic) => prefix + topic) })),
        events: wrapEvents(slices.events),
      });
      return {
        start: () => consumer.start(),
        committed: (partitions) => consumer.committed(put(partitions)),
        pause(partitions) {
          slices.pause(partitions);
          consumer.pause(put(partitions));
        },
        resume(partitions) {
          slices.resume(partitions);
          consumer.resume(put(partitions));
        },
        commit: (offsets) => consumer.commit(put(offsets)),
        stop: () => consumer.stop(),
      };
    },
    close: (options) => inner.close(options),
    [Symbol.asyncDispose]: () => inner.close(),
  };
}
