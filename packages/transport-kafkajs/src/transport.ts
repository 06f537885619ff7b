import { KeylineError } from "@keyline/runtime";
import type { Transport, TransportConsumer, TransportProducer } from "@keyline/runtime/transport";
import { disconnect, nameOf, openCluster, retryOn } from "./client/cluster.js";
import { Kafka } from "./client/kafkajs.js";
import { type KafkajsOptions, kafkaConfig, settingsOf } from "./client/options.js";
import { mendRequestQueue } from "./client/request-queue.js";
import { trackSockets } from "./client/sockets.js";
import { clusterId, logRanges, offsetsAtTime, partitionCounts } from "./client/topics.js";
import { createKafkajsConsumer } from "./consumer/create-consumer.js";
import { transportError } from "./errors.js";
import { createKafkajsProducer } from "./producer/create-producer.js";
import { readPartition } from "./records/read.js";

/**
 * A transport on Apache Kafka, by kafkajs: one connection for questions, one for each producer and each consumer.
 * Connects when it is first used, and creates no topics. Throws `options_invalid` for options that cannot work.
 */
export function kafkajsTransport(options: KafkajsOptions): Transport {
  const settings = settingsOf(options);
  mendRequestQueue();
  const sockets = trackSockets();
  const kafka = new Kafka(kafkaConfig(options, settings, sockets.factory));
  const cluster = openCluster(kafka);
  const open = new Set<TransportConsumer | TransportProducer>();
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let id: Promise<string> | null = null;

  const check = () => {
    if (closing.signal.aborted) throw new KeylineError("closed", "the transport is closed");
  };

  const ask = async <Answer>(doing: string, question: () => Promise<Answer>): Promise<Answer> => {
    check();
    const answer = retryOn(cluster, { withinMs: settings.requestTimeoutMs, signal: closing.signal }, question);
    underWay.add(answer);
    try {
      return await answer;
    } catch (caught) {
      throw transportError(caught, doing);
    } finally {
      underWay.delete(answer);
    }
  };

  return {
    name: "kafkajs",
    maxBatchBytes: settings.maxBatchBytes,
    clusterId() {
      const asked = id ?? ask("ask for the cluster's id", () => clusterId(cluster));
      id = asked;
      asked.catch(() => {
        if (id === asked) id = null;
      });
      return asked;
    },
    partitionCounts: (topics) => ask("ask for topics", () => partitionCounts(cluster, topics)),
    logRanges: (partitions) =>
      ask(`ask for the range of ${partitions.map(nameOf).join(", ")}`, () => logRanges(cluster, partitions)),
    offsetsAtTime: (partitions, timestampMs) =>
      ask(`ask ${partitions.map(nameOf).join(", ")} for a time`, () => offsetsAtTime(cluster, partitions, timestampMs)),
    async *read(partition, range, { signal, ...options } = {}) {
      check();
      const { maxWaitMs, maxBytesPerPartition, requestTimeoutMs: withinMs } = settings;
      const limits = { maxWaitMs, maxBytesPerPartition, withinMs, signal: signal ?? closing.signal };
      yield* readPartition(cluster, partition, range, { ...options, ...limits });
    },
    createProducer() {
      check();
      const producer = createKafkajsProducer(kafka, settings);
      open.add(producer);
      return producer;
    },
    createConsumer(consumerOptions) {
      check();
      const consumer = createKafkajsConsumer(kafka, settings, consumerOptions);
      open.add(consumer);
      return consumer;
    },
    async close() {
      closing.abort();
      await Promise.all([...open].map((one) => ("stop" in one ? one.stop() : one.close())));
      await disconnect(cluster);
      // A question that was just connecting connects after that.
      await Promise.allSettled(underWay);
      sockets.destroy();
    },
  };
}
