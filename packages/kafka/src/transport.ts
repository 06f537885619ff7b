import { KeylineError } from "@keyline/runtime";
import {
  type TopicPartition,
  type Transport,
  type TransportConsumer,
  type TransportProducer,
  untilLate,
} from "@keyline/runtime/transport";
import { createClusters } from "./client/client.js";
import { type KafkaOptions, settingsOf } from "./client/options.js";
import { createQuestions } from "./client/questions.js";
import { clusterId, logRanges, offsetsAtTime, retentionMs, stableEnds, waitForTopics } from "./client/topics.js";
import { createKafkaConsumer } from "./consumer/create-consumer.js";
import { nameOf } from "./partitions.js";
import type { KafkaClient } from "./port.js";
import { createKafkaProducer } from "./producer/create-producer.js";
import { readPartition } from "./records/read.js";

/**
 * Creates a transport on Apache Kafka over the connections of a client library: some for metadata, and some for each
 * producer and each consumer. Connects at the first use, and creates no topics. Throws `options_invalid` for invalid
 * options.
 */
export function createTransport(client: KafkaClient, options: KafkaOptions): Transport {
  // Invariant: `open` are the producers and consumers made through it; once closed it makes none, and answers no
  // question. `id` is the question for the cluster's id; null before, and after one that failed.
  const settings = settingsOf(options);
  const clusters = createClusters(client, options, settings);
  const cluster = clusters.open();
  const open = new Set<TransportConsumer | TransportProducer>();
  const closing = new AbortController();
  let id: Promise<string> | null = null;

  const check = () => {
    if (closing.signal.aborted) throw closedError();
  };

  const questions = createQuestions(cluster, settings.requestTimeoutMs, closing.signal);
  const ask = <Answer>(doing: string, question: () => Promise<Answer>): Promise<Answer> =>
    closing.signal.aborted ? Promise.reject(closedError()) : questions.ask(doing, question);

  const close = async ({ timeoutMs }: { readonly timeoutMs?: number } = {}) => {
    closing.abort();
    const ended = Promise.all([...open].map((one) => ("stop" in one ? one.stop() : one.close())));
    await (timeoutMs === undefined ? ended : untilLate(ended, AbortSignal.timeout(timeoutMs)));
    // Whatever a broker has not answered yet ends with its connection, and a question that was just connecting connects no more.
    clusters.destroy();
    await questions.settled();
  };

  return {
    name: client.name,
    maxBatchBytes: settings.maxBatchBytes,
    metadataIntervalMs: settings.metadataIntervalMs,
    sessionTimeoutMs: settings.sessionTimeoutMs,
    clusterId() {
      const asked = id ?? ask("ask for the cluster's id", () => clusterId(cluster));
      id = asked;
      asked.catch(() => {
        if (id === asked) id = null;
      });
      return asked;
    },
    partitionCounts: (topics) => ask("ask for topics", () => waitForTopics(cluster, topics, closing.signal)),
    logRanges: (partitions) => ask(`ask for the range of ${someOf(partitions)}`, () => logRanges(cluster, partitions)),
    stableEnds: (partitions) =>
      ask(`ask for what can be read of ${someOf(partitions)}`, () => stableEnds(cluster, partitions)),
    offsetsAtTime: (partitions, timestampMs) =>
      ask(`ask ${someOf(partitions)} for a time`, () => offsetsAtTime(cluster, partitions, timestampMs)),
    async *read(partition, range, { signal, ...options } = {}) {
      check();
      const { maxWaitMs, maxBytesPerPartition, maxUnpackedBytes, requestTimeoutMs: withinMs } = settings;
      const limits = { maxWaitMs, maxBytesPerPartition, maxUnpackedBytes, withinMs, signal: signal ?? closing.signal };
      yield* readPartition(cluster, partition, range, { ...options, ...limits });
    },
    retentionMs: (topics) => ask(`ask how long ${topics.join(", ")} keep records`, () => retentionMs(cluster, topics)),
    createProducer() {
      check();
      const producer = createKafkaProducer(clusters, settings);
      open.add(producer);
      return producer;
    },
    createConsumer(consumerOptions) {
      check();
      const consumer = createKafkaConsumer(clusters, settings, consumerOptions);
      open.add(consumer);
      return consumer;
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** The first of the partitions by name, and how many others. */
function someOf(partitions: readonly TopicPartition[]): string {
  const named = partitions.slice(0, 3).map(nameOf);
  const others = partitions.length - named.length;
  return `${named.join(", ")}${others === 0 ? "" : ` and ${others} more`}`;
}

const closedError = () => new KeylineError("closed", "the transport is closed");
