import { KeylineError } from "../errors.js";
import type { Hooks } from "../hooks.js";
import type { TransportProducer } from "../ports/transport.js";
import { retry } from "../retry.js";
import type { Accumulator, BatchLimits, Entry, PartitionQueue } from "./accumulator.js";
import { behindFailure } from "./chain.js";
import type { Settlement } from "./settlement.js";

export interface BatchesOptions {
  readonly producer: TransportProducer;
  readonly accumulator: Accumulator;
  readonly settlement: Settlement;
  readonly limits: BatchLimits;
  /** How long the first record of a batch waits for company; 0: until the end of this turn of the event loop. */
  readonly lingerMs: number;
  /** How long a batch is tried while the broker cannot be reached. */
  readonly deliveryTimeoutMs: number;
  /** The wall clock: what records are stamped with. */
  readonly nowMs: () => number;
  readonly hooks: Hooks | undefined;
}

/** Carries what waits in the accumulator to the transport, batch by batch. */
export interface Batches {
  /** The queue has something to take. */
  schedule(queue: PartitionQueue): void;
  /** No batch begins any more, and none is tried again. */
  stop(): void;
}

/**
 * Invariant: a queue has at most one batch under way (`queue.inFlight`) and at most one start scheduled, never both; a
 * queue with records and neither is started by whatever put them there. A batch that fails for now is tried again in its
 * place, so nothing later of its partition leaves before it is settled. One that is too large for its topic goes in halves,
 * one after the other.
 */
export function createBatches(options: BatchesOptions): Batches {
  const { producer, accumulator, settlement, hooks } = options;
  let stopped = false;

  const schedule = (queue: PartitionQueue) => {
    if (queue.scheduled || queue.inFlight) return;
    queue.scheduled = true;
    const start = () => {
      queue.scheduled = false;
      void send(queue);
    };
    // A moment, so that all that is written in one go leaves in one batch.
    if (options.lingerMs > 0) setTimeout(start, options.lingerMs);
    else setImmediate(start);
  };

  const send = async (queue: PartitionQueue) => {
    if (queue.inFlight || stopped) return;
    const batch = accumulator.take(queue, options.limits);
    if (batch.length === 0) return;
    queue.inFlight = true;
    await deliver(queue, batch);
    queue.inFlight = false;
    if (accumulator.hasWaiting(queue)) schedule(queue);
  };

  /** Settles each record of the batch. A broker's limit may be lower than the transport's, and is one of batches. */
  const deliver = async (queue: PartitionQueue, taken: readonly Entry[]): Promise<void> => {
    const batch = withoutStopped(taken, settlement);
    if (batch.length === 0) return;
    const { topic, partition } = queue;
    try {
      const { offset } = await append(queue, batch);
      const nowMs = performance.now();
      batch.forEach((entry, index) => {
        settlement.succeed(entry, { topic, partition, offset: offset + index }, nowMs);
      });
    } catch (caught) {
      const error = KeylineError.from(caught, "outcome_unknown", "sending failed");
      if (error.code === "record_too_large" && batch.length > 1 && !stopped) return inHalves(queue, batch);
      for (const entry of batch) settlement.fail(entry, error);
    }
  };

  const inHalves = async (queue: PartitionQueue, batch: readonly Entry[]) => {
    const middle = Math.ceil(batch.length / 2);
    await deliver(queue, batch.slice(0, middle));
    if (stopped) return;
    await deliver(queue, batch.slice(middle));
  };

  const append = ({ topic, partition }: PartitionQueue, batch: readonly Entry[]) => {
    const records = recordsOf(batch, Math.floor(options.nowMs()));
    const bytes = batch.reduce((sum, entry) => sum + entry.bytes, 0);
    hooks?.sent?.({ topic, partition, records: records.length, bytes });
    const deadlineMs = performance.now() + options.deliveryTimeoutMs;
    const mayRetry = (caught: unknown, pauseMs: number) =>
      appendError(caught).retryable && !stopped && performance.now() + pauseMs <= deadlineMs;
    return retry({ firstPauseMs: 50, longestPauseMs: 1000, mayRetry }, () =>
      producer.append(topic, partition, records),
    ).catch((caught: unknown) => Promise.reject(appendError(caught)));
  };

  return {
    schedule,
    stop() {
      stopped = true;
    },
  };
}

/** What may go: no record of a chain in which an earlier one failed. */
function withoutStopped(taken: readonly Entry[], settlement: Settlement): readonly Entry[] {
  return taken.filter((entry) => {
    const failure = entry.request.link?.stopped();
    if (failure) settlement.fail(entry, behindFailure(failure));
    return !failure;
  });
}

const appendError = (caught: unknown) =>
  KeylineError.from(caught, "outcome_unknown", "the broker's answer could not be read");

/** Made as the batch leaves: by then the position of every predecessor is known. */
const recordsOf = (batch: readonly Entry[], timestampMs: number) =>
  batch.map(({ request: { key, value, headers, lateHeaders } }) => ({
    key,
    value,
    headers: lateHeaders ? [...headers, ...lateHeaders.make()] : headers,
    timestampMs,
  }));
