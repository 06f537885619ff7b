import type { Transport } from "@keyline/runtime";
import type { RecordBatch, TopicPartition, TransportConsumerEvents } from "@keyline/runtime/transport";
import { createSlices } from "./slices.js";
import type { TopicSet } from "./topic-sets.js";

/**
 * A transport on which all topics and groups have a prefix that nothing above sees, and the first record of a test is at
 * offset 0: many tests on one cluster. Of what one fetch brings of a partition it hands over `maxRecords` at a time, and
 * nothing while that is paused.
 */
export function prefixedTransport(
  inner: Transport,
  { prefix, base }: TopicSet,
  groupPrefix: string,
  maxRecords: number,
): Transport {
  const put = <P extends TopicPartition>(some: readonly P[]): P[] =>
    some.map((one) => ({ ...one, topic: prefix + one.topic }));
  const bare = (topic: string) => topic.slice(prefix.length);
  const take = <P extends TopicPartition>(some: readonly P[]): P[] =>
    some.map((one) => ({ ...one, topic: bare(one.topic) }));
  /** The same places, as the cluster counts them. */
  const putOffsets = <P extends TopicPartition & { readonly offset: number }>(some: readonly P[]): P[] =>
    some.map((one) => ({ ...one, topic: prefix + one.topic, offset: one.offset + base(one) }));
  const takeBatch = ({ topic, partition, records, fromOffset, nextOffset, logEnd }: RecordBatch): RecordBatch => {
    const own = { topic: bare(topic), partition };
    const before = base(own);
    return {
      ...own,
      records: records.map((record) => ({ ...record, topic: own.topic, offset: record.offset - before })),
      fromOffset: fromOffset - before,
      nextOffset: nextOffset - before,
      logEnd: logEnd - before,
    };
  };
  const baseAt = (partitions: readonly TopicPartition[], index: number) => {
    const partition = partitions[index];
    return partition ? base(partition) : 0;
  };
  const wrapEvents = (events: TransportConsumerEvents): TransportConsumerEvents => ({
    assigned: async (partitions, signal) => putOffsets(await events.assigned(take(partitions), signal)),
    revoked: (partitions, reason) => events.revoked(take(partitions), reason),
    batch: (batch) => events.batch(takeBatch(batch)),
    unread: (partitions) => events.unread?.(take(partitions)),
    failed: (error) => events.failed(error),
  });

  return {
    name: inner.name,
    maxBatchBytes: inner.maxBatchBytes,
    metadataIntervalMs: inner.metadataIntervalMs,
    sessionTimeoutMs: inner.sessionTimeoutMs,
    // Positions of one test mean nothing in another, as if each had a cluster of its own.
    clusterId: async () => `${await inner.clusterId()}-${groupPrefix}`,
    async partitionCounts(topics) {
      const counts = await inner.partitionCounts(topics.map((topic) => prefix + topic));
      return new Map([...counts].map(([topic, count]) => [bare(topic), count]));
    },
    async logRanges(partitions) {
      const ranges = await inner.logRanges(put(partitions));
      return ranges.map(({ start, end }, index) => {
        const before = baseAt(partitions, index);
        return { start: Math.max(0, start - before), end: end - before };
      });
    },
    async stableEnds(partitions) {
      const ends = await inner.stableEnds(put(partitions));
      return ends.map((end, index) => end - baseAt(partitions, index));
    },
    async offsetsAtTime(partitions, timestampMs) {
      // An earlier test's record may be stamped later.
      if (partitions.some(base)) throw new Error("a test that asks for times has to ask for its own topics");
      return inner.offsetsAtTime(put(partitions), timestampMs);
    },
    async *read(partition, { from, to }, options) {
      const before = base(partition);
      const [place = partition] = put([partition]);
      for await (const batch of inner.read(place, { from: from + before, to: to + before }, options))
        yield takeBatch(batch);
    },
    retentionMs: (topics) => inner.retentionMs(topics.map((topic) => prefix + topic)),
    createProducer() {
      const producer = inner.createProducer();
      return {
        connect: () => producer.connect(),
        async append(topic, partition, records, options) {
          const { offset } = await producer.append(prefix + topic, partition, records, options);
          return { offset: offset - base({ topic, partition }) };
        },
        close: () => producer.close(),
      };
    },
    createConsumer(options) {
      const slices = createSlices(maxRecords, options.events);
      const consumer = inner.createConsumer({
        ...options,
        groupId: groupPrefix + options.groupId,
        groups: options.groups.map((group) => ({ ...group, topics: group.topics.map((topic) => prefix + topic) })),
        events: wrapEvents(slices.events),
      });
      return {
        start: () => consumer.start(),
        async committed(partitions) {
          const offsets = await consumer.committed(put(partitions));
          return offsets.map((offset, index) => (offset === null ? null : offset - baseAt(partitions, index)));
        },
        pause(partitions) {
          slices.pause(partitions);
          consumer.pause(put(partitions));
        },
        resume(partitions) {
          slices.resume(partitions);
          consumer.resume(put(partitions));
        },
        commit: (offsets) => consumer.commit(putOffsets(offsets)),
        // A test's topics are those of an earlier one, from other offsets on.
        topicId: (topic) => `${consumer.topicId(prefix + topic)}-${groupPrefix}`,
        sharedOut: () => new Map([...consumer.sharedOut()].map(([topic, count]) => [bare(topic), count])),
        stop: consumer.stop,
      };
    },
    close: (options) => inner.close(options),
    [Symbol.asyncDispose]: () => inner.close(),
  };
}
