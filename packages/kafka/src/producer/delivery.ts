import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "@keyline/runtime";
import { type Cluster, recover } from "../client/cluster.js";
import { type Failure, failureOf } from "../errors.js";
import { nameOf } from "../partitions.js";
import type { Compression } from "../wire/write-batch.js";
import { type Decision, decide } from "./decide.js";
import { advance, type Identities } from "./identity.js";
import type { Job } from "./job.js";
import { createLeaderQueues } from "./leader-queue.js";

/** What a batch is, and by when it has to be settled. */
export type Batch = Pick<Job, "topic" | "partition" | "records" | "bytes" | "deadlineMs" | "signal" | "stamp">;

/** Brings batches to the leaders of their partitions, until each is settled. */
export interface Delivery {
  /** Resolves when the batch is acknowledged; rejects with a KeylineError. */
  deliver(batch: Batch): Promise<{ readonly offset: number }>;
  /** Resolves when every batch is settled. */
  settled(): Promise<void>;
}

export interface DeliveryOptions {
  readonly cluster: Cluster;
  readonly identities: Identities;
  readonly compression: Compression;
  /** Once aborted, no further attempt is made. */
  readonly closing: AbortSignal;
}

/**
 * Invariant: a job is in `jobs` until its promise is settled, and is at one place at a time: in a leader's queue, or in
 * `settle`. Its stamp changes only while it is surely not in the log, and its sequence counts once it is acknowledged.
 */
export function createDelivery({ cluster, identities, compression, closing }: DeliveryOptions): Delivery {
  const jobs = new Set<Job>();
  const dispatch = async (job: Job) => {
    try {
      queues.of(await cluster.leaderOf(job)).push(job);
    } catch (caught) {
      failed([job], caught, false);
    }
  };

  const acknowledged = (job: Job, offset: number) => {
    advance(job.stamp.identity, job, job.stamp.sequence, job.records.length);
    jobs.delete(job);
    job.resolve({ offset });
  };

  const settle = async (job: Job, failure: Failure) => {
    const attempted = { ...job, isAborted: job.signal?.aborted ?? false, isClosed: closing.aborted };
    const decision = decide(attempted, failure, performance.now());
    if (decision.kind === "giveUp") return giveUp(job, failure, decision);
    if (decision.kind === "stampAnew") {
      await identities.drop(job.stamp.identity);
      job.stamp = await identities.stamp(job);
    }
    job.attempts += 1;
    await sleep(decision.pauseMs, undefined, { signal: closing }).catch(() => undefined);
    await dispatch(job);
  };

  const giveUp = async (job: Job, { reason }: Failure, { code, retryable }: Decision & { readonly kind: "giveUp" }) => {
    jobs.delete(job);
    if (code === "outcome_unknown") await identities.drop(job.stamp.identity);
    job.reject(new KeylineError(code, refusal(job, reason), { retryable }));
  };

  /** `requested` tells whether the request may have left. */
  const failed = (some: readonly Job[], caught: unknown, requested: boolean) => {
    const found = failureOf(caught);
    const failure = { ...found, notWritten: found.notWritten || !requested };
    if (!failure.notWritten) for (const job of some) job.mayBeWritten = true;
    // No identity for a new stamp: the batch, which is not written, is given up for that.
    const noIdentity = (job: Job, error: unknown) => {
      const { code, retryable, ...rest } = failureOf(error);
      return giveUp(job, { code, retryable, ...rest }, { kind: "giveUp", code, retryable });
    };
    // No attempt comes after the last: no broker is looked for.
    const recovered = closing.aborted ? Promise.resolve() : recover(cluster);
    void recovered.then(() => {
      for (const job of some) settle(job, failure).catch((error: unknown) => noIdentity(job, error));
    });
  };

  const queues = createLeaderQueues({ cluster, compression, acknowledged, failed });

  return {
    deliver: (batch) =>
      new Promise((resolve, reject) => {
        const job: Job = { ...batch, attempts: 0, mayBeWritten: false, resolve, reject };
        jobs.add(job);
        void dispatch(job);
      }),
    async settled() {
      while (jobs.size > 0) await sleep(10);
    },
  };
}

const refusal = (job: Job, reason: string): string =>
  job.mayBeWritten
    ? `cannot tell whether ${nameOf(job)} has the batch: ${reason}`
    : `cannot append to ${nameOf(job)}: ${reason}`;
