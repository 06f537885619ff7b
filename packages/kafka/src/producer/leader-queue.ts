import type { Cluster } from "../client/cluster.js";
import { nameOf } from "../partitions.js";
import { type ProducedPartition, produceRequest } from "../wire/produce.js";
import { type Compression, writeBatch } from "../wire/write-batch.js";
import type { Job } from "./job.js";

export interface LeaderQueueOptions {
  readonly cluster: Cluster;
  readonly nodeId: string;
  readonly compression: Compression;
  readonly acknowledged: (job: Job, offset: number) => void;
  /** `requested` tells whether the request may have left. */
  readonly failed: (jobs: readonly Job[], caught: unknown, requested: boolean) => void;
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

/** Invariant: at most `maxInFlight` requests are under way; while jobs wait and there is room, a flush is scheduled. */
function createLeaderQueue(options: LeaderQueueOptions): LeaderQueue {
  const { cluster, nodeId } = options;
  const waiting: Job[] = [];
  let inFlight = 0;
  let scheduled = false;

  const send = async (jobs: readonly Job[]) => {
    let requested = false;
    try {
      const partitions = await Promise.all(jobs.map((job) => write(job, options.compression)));
      const broker = cluster.broker(nodeId);
      requested = true;
      settle(jobs, await broker.send(produceRequest(partitions, replicasTimeoutMs)), options);
    } catch (caught) {
      options.failed(jobs, caught, requested);
    }
  };

  const flush = () => {
    scheduled = false;
    while (inFlight < maxInFlight && waiting.length > 0) {
      inFlight += 1;
      void send(takeRequest(waiting)).finally(() => {
        inFlight -= 1;
        schedule();
      });
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

/** Invariant: a leader has one queue, from its first batch on. */
export function createLeaderQueues(options: Omit<LeaderQueueOptions, "nodeId">): { of(nodeId: string): LeaderQueue } {
  const queues = new Map<string, LeaderQueue>();

  return {
    of(nodeId) {
      const known = queues.get(nodeId);
      if (known) return known;
      const made = createLeaderQueue({ ...options, nodeId });
      queues.set(nodeId, made);
      return made;
    },
  };
}

/** Takes from the front what fits into one request; one job always does. */
function takeRequest(waiting: Job[]): Job[] {
  const taken: Job[] = [];
  let bytes = 0;
  while (waiting[0] && (taken.length === 0 || bytes + waiting[0].bytes <= maxRequestBytes)) {
    const next = waiting.shift() as Job;
    bytes += next.bytes;
    taken.push(next);
  }
  return taken;
}

async function write({ topic, partition, records, stamp: { identity, sequence } }: Job, compression: Compression) {
  const { producerId, producerEpoch } = identity;
  const batch = await writeBatch(records, { producerId, producerEpoch, sequence }, compression);
  return { topic, partition, batch };
}

/** Each partition has an answer of its own: one that has none may be in the log or not. */
function settle(
  jobs: readonly Job[],
  answer: readonly ProducedPartition[],
  { acknowledged, failed }: LeaderQueueOptions,
): void {
  const rows = new Map(answer.map((row) => [nameOf(row), row]));
  const refused: { readonly job: Job; readonly error: Error }[] = [];
  for (const job of jobs) {
    const row = rows.get(nameOf(job));
    const error = row ? row.error : new Error("the broker did not answer for it");
    if (error) refused.push({ job, error });
    else acknowledged(job, row?.baseOffset ?? -1);
  }
  for (const some of Map.groupBy(refused, ({ error }) => error.message).values()) {
    const jobsOfOne = some.map(({ job }) => job);
    failed(jobsOfOne, some[0]?.error, true);
  }
}
