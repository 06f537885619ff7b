import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import type { ProducerRecord, TopicPartition, TransportProducer } from "@keyline/runtime/transport";
import type { Kafka } from "kafkajs";
import { disconnect, leaderOf, nameOf, openCluster, persist, recover } from "../client/cluster.js";
import type { Settings } from "../client/options.js";
import { codecs } from "../codecs/codecs.js";
import { type Failure, failureOf, transportError } from "../errors.js";
import { payloadBytes } from "../records/convert.js";
import { advance, type Identity, sequenceOf } from "./identity.js";
import type { Job } from "./job.js";
import { createLeaderQueue, type LeaderQueue } from "./leader-queue.js";

/** Answers after which the producer's identity is of no use for the partition; the batch was not written. */
const outOfPlace = new Set(["OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH"]);

/** A topic that was made a moment ago is not known to every broker yet. */
const unknownTopicForMs = 3000;

/**
 * An idempotent producer on kafkajs' requests. kafkajs' own producer gives a batch another sequence at each retry and
 * forgets partitions whose leader moved; here a batch keeps its identity and its sequence until it is settled.
 */
export function createKafkajsProducer(kafka: Kafka, settings: Settings): TransportProducer {
  const cluster = openCluster(kafka);
  const closing = new AbortController();
  const queues = new Map<string, LeaderQueue>();
  const jobs = new Set<Job>();
  let identity: Promise<Identity> | null = null;
  let connected: Promise<void> | null = null;

  const newIdentity = async (): Promise<Identity> => {
    const { producerId, producerEpoch } = await persist(
      cluster,
      { withinMs: settings.deliveryTimeoutMs, signal: closing.signal },
      async () => {
        await cluster.refreshMetadataIfNecessary();
        return (await cluster.findControllerBroker()).initProducerId({ transactionTimeout: 60_000 });
      },
    );
    return { producerId: BigInt(producerId), producerEpoch, sequences: new Map() };
  };

  const currentIdentity = (): Promise<Identity> => {
    if (identity) return identity;
    const made = newIdentity();
    identity = made;
    made.catch(() => {
      if (identity === made) identity = null;
    });
    return made;
  };

  const stampOf = async (partition: TopicPartition): Promise<Job["stamp"]> => {
    const current = await currentIdentity();
    return { identity: current, sequence: sequenceOf(current, partition) };
  };

  /** A broker may have a batch that this identity does not count: what comes next goes under another. */
  const dropIdentity = async (dropped: Identity) => {
    const current = await identity?.catch(() => null);
    if (current === dropped) identity = null;
  };

  const queueOf = (nodeId: string): LeaderQueue => {
    const known = queues.get(nodeId);
    if (known) return known;
    const compression = codecs[settings.compression];
    const made = createLeaderQueue({ cluster, nodeId, compression, acknowledged, failed });
    queues.set(nodeId, made);
    return made;
  };

  const dispatch = async (job: Job) => {
    try {
      queueOf(await leaderOf(cluster, job)).push(job);
    } catch (caught) {
      failed([job], caught, false);
    }
  };

  const acknowledged = (job: Job, offset: number) => {
    advance(job.stamp.identity, job, job.stamp.sequence, job.records.length);
    jobs.delete(job);
    job.resolve({ offset });
  };

  const giveUp = async (job: Job, failure: Failure) => {
    jobs.delete(job);
    const place = nameOf(job);
    if (job.lost) {
      await dropIdentity(job.stamp.identity);
      return job.reject(
        new KeylineError("outcome_unknown", `cannot tell whether ${place} has the batch: ${failure.reason}`),
      );
    }
    const code = closing.signal.aborted ? "closed" : job.signal?.aborted ? "aborted" : failure.code;
    const retryable = code === failure.code && failure.passing;
    job.reject(new KeylineError(code, `cannot append to ${place}: ${failure.reason}`, { retryable }));
  };

  const settle = async (job: Job, failure: Failure) => {
    const nowMs = performance.now();
    const stopped = closing.signal.aborted || (job.signal?.aborted && !job.lost);
    const unknownYet = failure.code === "topic_unknown" && job.attempts < 8 && nowMs < job.deadlineMs;
    if (stopped || (!failure.passing && !unknownYet) || nowMs > job.deadlineMs) return giveUp(job, failure);
    if (failure.type && outOfPlace.has(failure.type)) {
      if (job.lost) return giveUp(job, failure);
      await dropIdentity(job.stamp.identity);
      job.stamp = await stampOf(job);
    }
    const delayMs = Math.min(50 * 2 ** job.attempts, unknownYet ? unknownTopicForMs / 8 : 1000);
    job.attempts += 1;
    await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
    await dispatch(job);
  };

  const failed = (some: readonly Job[], caught: unknown, requested: boolean) => {
    const failure = failureOf(caught);
    const lost = requested && !failure.untouched;
    if (lost) for (const job of some) job.lost = true;
    const passing = failure.passing || lost;
    void recover(cluster, caught).then(async () => {
      await Promise.all(
        some.map((job) =>
          settle(job, { ...failure, passing }).catch((error: unknown) => giveUp(job, failureOf(error))),
        ),
      );
    });
  };

  const connect = (): Promise<void> => {
    connected ??= persist(cluster, { withinMs: settings.requestTimeoutMs, signal: closing.signal }, async () => {
      await cluster.refreshMetadataIfNecessary();
    })
      .then(async () => {
        await currentIdentity();
      })
      .catch((caught: unknown) => {
        connected = null;
        throw transportError(caught, "connect the producer");
      });
    return connected;
  };

  const check = (place: string, bytes: number, signal: AbortSignal | undefined) => {
    if (closing.signal.aborted) throw new KeylineError("closed", `cannot append to ${place}: the producer is closed`);
    if (signal?.aborted) throw new KeylineError("aborted", `cannot append to ${place}: the caller gave up`);
    if (bytes > settings.maxBatchBytes) {
      throw new KeylineError(
        "record_too_large",
        `cannot append to ${place}: the batch has ${bytes} bytes, ${settings.maxBatchBytes} are allowed`,
      );
    }
  };

  return {
    connect,
    async append(topic, partition, records: readonly ProducerRecord[], { signal } = {}) {
      const target = { topic, partition };
      const bytes = records.reduce((sum, record) => sum + payloadBytes(record), 0);
      check(nameOf(target), bytes, signal);
      await connect();
      const stamp = await stampOf(target).catch((caught: unknown) => {
        throw transportError(caught, `append to ${nameOf(target)}`);
      });
      return new Promise((resolve, reject) => {
        const deadlineMs = performance.now() + settings.deliveryTimeoutMs;
        const state = { stamp, attempts: 0, lost: false };
        const job: Job = {
          ...target,
          records,
          bytes,
          deadlineMs,
          signal,
          ...state,
          resolve,
          reject,
        };
        jobs.add(job);
        void dispatch(job);
      });
    },
    async close() {
      closing.abort();
      // Each attempt ends with its answer, and none is made after it.
      while (jobs.size > 0) await sleep(10);
      await disconnect(cluster);
    },
  };
}
