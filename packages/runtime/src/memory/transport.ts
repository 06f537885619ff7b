import { KeylineError } from "../errors.js";
import { untilLate } from "../group/until-late.js";
import { checkNames, type NamesOf } from "../known-names.js";
import type { ReadOptions, RecordBatch, TopicPartition, Transport, TransportProducer } from "../ports/transport.js";
import type { Broker } from "./broker.js";
import { createMemoryConsumer, type MemoryConsumer, type MemoryConsumerOptions } from "./consumer.js";
import { partitionName } from "./partition-name.js";
import { createMemoryProducer } from "./producer.js";
import type { MemoryTopicOptions } from "./topics.js";

/** The options of one process's connection. */
export interface MemoryTransportOptions {
  /**
   * The maximum size of a batch (bytes of keys, values and headers). Default 1,000,000, about that of a Kafka broker.
   */
  readonly maxBatchBytes?: number;
  /** How often an append whose answer was lost is sent again before its outcome is unknown. Default 5. */
  readonly retries?: number;
  /**
   * The maximum number of records of one partition in one fetch. Default 1000; 1 gives the smallest possible fetches.
   */
  readonly maxRecordsPerPartition?: number;
  /** How often the metadata of topics is refreshed. Default 30,000 ms. */
  readonly metadataIntervalMs?: number;
}

const names: NamesOf<MemoryTransportOptions> = {
  maxBatchBytes: true,
  retries: true,
  maxRecordsPerPartition: true,
  metadataIntervalMs: true,
};

const defaultBatchBytes = 1_000_000;
const defaultFetchBytes = 1_048_576;
const maxBytesPerRound = 10_485_760;

/**
 * A transport of one process on a memory cluster.
 *
 * Invariant: `producers` and `consumers` are those made through it; once closed it makes none, and answers no question.
 */
export function createMemoryTransport(broker: Broker, options: MemoryTransportOptions = {}): Transport {
  checkNames("cannot create a memory transport", options, names);
  const { network, topics } = broker;
  const { maxBatchBytes = defaultBatchBytes, retries = 5, maxRecordsPerPartition = 1000 } = options;
  const producers = new Set<TransportProducer>();
  const consumers = new Set<MemoryConsumer>();
  let closed = false;

  const ask = <Answer>(answer: () => Answer): Promise<Answer> =>
    closed ? Promise.reject(closedError()) : network.call(answer);

  const transport: Transport = {
    name: "memory",
    maxBatchBytes,
    metadataIntervalMs: options.metadataIntervalMs ?? 30_000,
    sessionTimeoutMs: broker.settings.sessionTimeoutMs,
    clusterId: () => ask(() => broker.clusterId),
    partitionCounts: (names) =>
      ask(() => {
        const counts = topics.counts();
        return new Map(names.flatMap((name) => [[name, counts.get(name)] as const]).filter(hasCount));
      }),
    logRanges: (partitions) => ask(() => partitions.map((partition) => topics.log(partition).range())),
    stableEnds: (partitions) => ask(() => partitions.map((partition) => topics.log(partition).stableEnd())),
    offsetsAtTime: (partitions, timestampMs) =>
      ask(() => partitions.map((partition) => topics.log(partition).offsetAtTime(timestampMs))),
    read: (partition, { from, to }, readOptions) =>
      readBatches(partition, from, readOptions, (offset) => {
        const limit = { records: maxRecordsPerPartition, bytes: defaultFetchBytes, to };
        return offset < to ? ask(() => topics.log(partition).read(offset, limit)) : null;
      }),
    retentionMs: (names) => ask(() => Math.max(0, ...names.map((name) => retentionMsOf(topics.options(name))))),
    createProducer() {
      if (closed) throw closedError();
      const { faults, newProducerId } = broker;
      const producer = createMemoryProducer({ network, topics, faults, newProducerId, maxBatchBytes, retries });
      producers.add(producer);
      return producer;
    },
    createConsumer(consumerOptions) {
      if (closed) throw closedError();
      const { sessionTimeoutMs, rebalanceTimeoutMs } = broker.settings;
      const consumer = createMemoryConsumer({
        ...consumerOptions,
        ...{ network, sessionTimeoutMs, rebalanceTimeoutMs },
        clusterId: broker.clusterId,
        memberId: broker.newMemberId(),
        group: broker.group(consumerOptions.groupId),
        fetching: fetchingFrom(broker, maxRecordsPerPartition),
      });
      consumers.add(consumer);
      broker.consumers.set(consumer, transport);
      return consumer;
    },
    async close({ timeoutMs } = {}) {
      closed = true;
      const stopped = Promise.all([...consumers].map((consumer) => consumer.stop()));
      await (timeoutMs === undefined ? stopped : untilLate(stopped, AbortSignal.timeout(timeoutMs)));
      await Promise.all([...producers].map((producer) => producer.close()));
      for (const consumer of consumers) broker.consumers.delete(consumer);
    },
    [Symbol.asyncDispose]: () => transport.close(),
  };
  return transport;
}

/** How the members of a process fetch. */
const fetchingFrom = (broker: Broker, maxRecordsPerPartition: number): MemoryConsumerOptions["fetching"] => ({
  log: broker.topics.log,
  random: broker.random,
  isHeld: (partition) => broker.network.isDown() || broker.fetchesHeld.applies(partition),
  brokers: broker.settings.brokers,
  maxBytesPerPartition: defaultFetchBytes,
  maxRecordsPerPartition,
  maxBytesPerRound,
});

/** Reads batch after batch, until there is no next one, or the next is empty. */
async function* readBatches(
  partition: TopicPartition,
  start: number,
  { signal, keep }: ReadOptions = {},
  next: (from: number) => Promise<RecordBatch> | null,
): AsyncIterable<RecordBatch> {
  for (let from = start; ; ) {
    const batch = await next(from);
    if (signal?.aborted) throw new KeylineError("aborted", `the caller gave up reading ${partitionName(partition)}`);
    if (!batch) return;
    if (batch.nextOffset === from) {
      if (batch.logEnd <= from) return;
      const place = partitionName(partition);
      throw new KeylineError("timed_out", `cannot read ${place} on from ${from}: a transaction is open there`, {
        retryable: true,
      });
    }
    yield keep ? { ...batch, records: batch.records.filter(({ key }) => keep(key)) } : batch;
    from = batch.nextOffset;
  }
}

const retentionMsOf = ({ config }: Partial<MemoryTopicOptions>) =>
  Number(config?.["retention.ms"] ?? Number.POSITIVE_INFINITY);

function hasCount(entry: readonly [string, number | undefined]): entry is readonly [string, number] {
  return entry[1] !== undefined;
}

function closedError(): KeylineError {
  return new KeylineError("closed", "the transport is closed");
}
