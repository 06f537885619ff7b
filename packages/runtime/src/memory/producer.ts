import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "../errors.js";
import { oneAppendAtATime } from "../ports/one-append.js";
import type { ProducerRecord, TopicPartition, TransportProducer } from "../ports/transport.js";
import { payloadBytes } from "./log.js";
import type { Network } from "./network.js";
import { partitionName } from "./partition-name.js";
import type { ProducerStamp } from "./sequences.js";
import type { Switch } from "./switches.js";
import type { MemoryTopics } from "./topics.js";

/** What can go wrong between a producer and its broker. */
export interface ProducerFaults {
  /** Milliseconds by which an answer is late. */
  readonly answersLate: Switch<number>;
  readonly answersLost: Switch<true>;
  readonly appendsRefused: Switch<true>;
  readonly outcomesUnknown: Switch<{ readonly written: boolean }>;
}

export interface MemoryProducerOptions {
  readonly network: Network;
  readonly topics: MemoryTopics;
  readonly faults: ProducerFaults;
  readonly newProducerId: () => number;
  readonly maxBatchBytes: number;
  /** How often an append whose answer was lost is sent again. */
  readonly retries: number;
}

/**
 * An idempotent producer: its retries carry the sequence of the first attempt, and are written once.
 *
 * Invariant: `sequences` are the places of the current `producerId`, each behind its partition's last acknowledged batch; an
 * id under which a batch may have been written without being counted is never used again.
 */
export function createMemoryProducer(options: MemoryProducerOptions): TransportProducer {
  const { network, topics, faults } = options;
  const closing = new AbortController();
  let producerId = options.newProducerId();
  let sequences = new Map<string, number>();

  /** The broker may have a batch that this id does not know of: what comes next goes under another id. */
  const unknown = (partition: TopicPartition, reason: string) => {
    producerId = options.newProducerId();
    sequences = new Map();
    return new KeylineError(
      "outcome_unknown",
      `cannot tell whether ${partitionName(partition)} has the batch: ${reason}`,
    );
  };

  const attempt = (partition: TopicPartition, records: readonly ProducerRecord[], stamp: ProducerStamp) =>
    network.call(() => {
      const forgotten = faults.outcomesUnknown.take(partition);
      if (forgotten && !forgotten.written) return null;
      const log = topics.log(partition);
      const offset = log.append(records, stamp);
      topics.trim(log);
      return forgotten
        ? null
        : { offset, late: faults.answersLate.take(partition), lost: faults.answersLost.take(partition) };
    });

  const check = (partition: TopicPartition, records: readonly ProducerRecord[], signal: AbortSignal | undefined) => {
    if (closing.signal.aborted) throw new KeylineError("closed", "the producer is closed");
    if (signal?.aborted) throw new KeylineError("aborted", "the caller gave up before it was sent");
    topics.log(partition);
    const bytes = records.reduce((sum, record) => sum + payloadBytes(record), 0);
    if (bytes > options.maxBatchBytes) {
      throw new KeylineError(
        "record_too_large",
        `the batch for ${partitionName(partition)} has ${bytes} bytes, ${options.maxBatchBytes} are allowed`,
      );
    }
    if (!faults.appendsRefused.take(partition)) return;
    throw new KeylineError("transport_unavailable", `the broker of ${partitionName(partition)} cannot be reached`);
  };

  return {
    connect: () => network.call(() => undefined),
    append: oneAppendAtATime(async (topic, partition, records, { signal } = {}) => {
      const target = { topic, partition };
      check(target, records, signal);
      const name = partitionName(target);
      // Kept over the retries: meanwhile an unknown outcome elsewhere may have given this producer another id.
      const stamp = { producerId, sequence: sequences.get(name) ?? 0 };
      for (let tries = 0; tries <= options.retries; tries += 1) {
        const answer = await attempt(target, records, stamp).catch((caught: unknown) => {
          // Only of a first attempt is it known that nothing was written.
          if (tries === 0) throw caught;
          return { offset: 0, late: undefined, lost: true };
        });
        if (!answer) throw unknown(target, "the connection broke");
        if (answer.late !== undefined) await late(answer.late, closing.signal);
        if (answer.lost) continue;
        if (stamp.producerId === producerId) sequences.set(name, stamp.sequence + records.length);
        return { offset: answer.offset };
      }
      throw unknown(target, `no answer after ${options.retries + 1} attempts`);
    }),
    async close() {
      closing.abort();
    },
  };
}

async function late(delayMs: number, closing: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal: closing });
  } catch {
    throw new KeylineError("outcome_unknown", "the producer was closed before the answer came");
  }
}
