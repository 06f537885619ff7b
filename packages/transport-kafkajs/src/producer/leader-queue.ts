import type { CompressionTypes } from "kafkajs";
import { nameOf, perTopic } from "../client/cluster.js";
import type { KafkaCluster } from "../client/protocol.js";
import type { Job } from "./job.js";

export interface LeaderQueueOptions {
  readonly cluster: KafkaCluster;
  readonly nodeId: string;
  readonly compression: CompressionTypes;
  readonly acknowledged: (job: Job, offset: number) => void;
  /** `connected` tells whether the request may have left. */
  readonly failed: (jobs: readonly Job[], caught: unknown, connected: boolean) => void;
}

/** What waits for one leader: what comes in while requests are under way becomes the next request. */
export interface LeaderQueue {
  push(job: Job): void;
}

/** One to be answered, one to be written meanwhile; partitions differ, since each has one batch under way at most. */
const maxInFlight = 2;
/** Some partitions go with the next request, which is written while this one is answered: all at once, nothing would be. */
const maxRequestBytes = 1_000_000;
/** How long the broker waits for its replicas before it answers that they did not follow. */
const replicasTimeoutMs = 15_000;

/** @see LeaderQueue */
export function createLeaderQueue(options: LeaderQueueOptions): LeaderQueue {
  const { cluster, nodeId } = options;
  const waiting: Job[] = [];
  let inFlight = 0;
  let scheduled = false;

  /** Several partitions at once, but each alone once kafkajs could not tell how it went with it. */
  const take = (): Job[] => {
    const first = waiting.shift();
    if (!first || first.unclear) return first ? [first] : [];
    const taken = [first];
    let { bytes } = first;
    while (waiting[0] && !waiting[0].unclear && bytes + waiting[0].bytes <= maxRequestBytes) {
      const next = waiting.shift() as Job;
      bytes += next.bytes;
      taken.push(next);
    }
    return taken;
  };

  const send = async (jobs: readonly Job[]) => {
    let connected = false;
    try {
      const broker = await cluster.findBroker({ nodeId });
      connected = true;
      // Of one identity, for a request has one.
      const answer = await broker.produce({
        topicData: perTopic(jobs, ({ partition, messages, stamp }) => ({
          partition,
          messages,
          firstSequence: stamp.sequence,
        })),
        producerId: jobs[0]?.stamp.identity.producerId ?? "-1",
        producerEpoch: jobs[0]?.stamp.identity.producerEpoch ?? -1,
        acks: -1,
        timeout: replicasTimeoutMs,
        compression: options.compression,
      });
      const offsets = new Map(
        answer.topics.flatMap(({ topicName, partitions }) =>
          partitions.map(({ partition, baseOffset }) => [nameOf({ topic: topicName, partition }), Number(baseOffset)]),
        ),
      );
      const unanswered: Job[] = [];
      for (const job of jobs) {
        const offset = offsets.get(nameOf(job));
        if (offset === undefined || offset < 0) unanswered.push(job);
        else options.acknowledged(job, offset);
      }
      if (unanswered.length > 0) options.failed(unanswered, new Error("the broker did not answer for it"), true);
    } catch (caught) {
      options.failed(jobs, caught, connected);
    }
  };

  const flush = () => {
    scheduled = false;
    while (inFlight < maxInFlight && waiting.length > 0) {
      for (const [, jobs] of Map.groupBy(take(), ({ stamp }) => stamp.identity)) {
        inFlight += 1;
        void send(jobs).finally(() => {
          inFlight -= 1;
          schedule();
        });
      }
    }
  };

  const schedule = () => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(flush);
  };

  return {
    push(job) {
      waiting.push(job);
      schedule();
    },
  };
}
