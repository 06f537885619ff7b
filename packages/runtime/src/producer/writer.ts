import { setTimeout as sleep } from "node:timers/promises";
import { textOf } from "../codec/headers.js";
import { KeylineError } from "../errors.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { Transport } from "../ports/transport.js";
import { createAccumulator, type Entry, type PartitionQueue } from "./accumulator.js";
import { bytesOf, type WriteRequest } from "./write-request.js";

export interface WriterOptions {
  readonly transport: Transport;
  /** The wall clock: what records are stamped with. */
  readonly nowMs: () => number;
  readonly hooks?: Hooks;
  /** How long a batch is tried while the broker cannot be reached. */
  readonly deliveryTimeoutMs: number;
  readonly lingerMs: number;
  readonly maxBatchRecords: number;
}

/** Writes records: one in-order queue for each topic-partition, what waits becomes the next batch (P4). */
export interface Writer {
  connect(): Promise<void>;
  write(request: WriteRequest): Promise<RecordPosition>;
  /** How many records wait or are under way. */
  pending(): number;
  /** Resolves when everything that was written before the call is settled. */
  flush(): Promise<void>;
  /** Flushes, then closes. After the time what was not sent is rejected with `closed`, what is under way with `outcome_unknown`. */
  close(timeoutMs: number): Promise<void>;
}

/** @see Writer */
export function createWriter(options: WriterOptions): Writer {
  const { transport, hooks } = options;
  const producer = transport.createProducer();
  const limits = { maxRecords: options.maxBatchRecords, maxBytes: transport.maxBatchBytes };
  /** Called when all that they wait for is settled. */
  const flushes = new Set<{ readonly left: Set<Entry>; done(): void }>();
  let closed = false;

  /** Waits a moment, so that all that is written in one go leaves in one batch. */
  const schedule = (queue: PartitionQueue) => {
    if (queue.scheduled || queue.inFlight) return;
    queue.scheduled = true;
    const start = () => {
      queue.scheduled = false;
      void pump(queue);
    };
    if (options.lingerMs > 0) setTimeout(start, options.lingerMs);
    else setImmediate(start);
  };
  const accumulator = createAccumulator(schedule);

  const settle = (entry: Entry) => {
    accumulator.remove(entry);
    entry.stopListening?.();
    for (const flush of flushes) if (flush.left.delete(entry) && flush.left.size === 0) flush.done();
  };

  const succeed = (entry: Entry, position: RecordPosition, nowMs: number) => {
    // Given up by close: its caller was told already.
    if (!accumulator.has(entry)) return;
    entry.request.acknowledged?.(position);
    settle(entry);
    hooks?.acknowledged?.({ ...position, key: textOrNull(entry.request.key), waitedMs: nowMs - entry.calledAtMs });
    entry.resolve(position);
  };

  const fail = (entry: Entry, error: KeylineError) => {
    if (!accumulator.has(entry)) return;
    settle(entry);
    const { topic } = entry.request;
    const details = { cause: error, retryable: error.retryable, ...eventIdOf(entry.request) };
    entry.reject(new KeylineError(error.code, `cannot send to ${topic}: ${error.rawMessage}`, details));
  };

  const append = async (queue: PartitionQueue, batch: readonly Entry[]) => {
    const timestampMs = Math.floor(options.nowMs());
    const records = batch.map(({ request: { key, value, headers, lateHeaders } }) => ({
      key,
      value,
      headers: lateHeaders ? [...headers, ...lateHeaders.make()] : headers,
      timestampMs,
    }));
    const { topic, partition } = queue;
    hooks?.sent?.({
      topic,
      partition,
      records: records.length,
      bytes: batch.reduce((sum, { bytes }) => sum + bytes, 0),
    });
    const deadlineMs = performance.now() + options.deliveryTimeoutMs;
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1000)) {
      try {
        return await producer.append(topic, partition, records);
      } catch (caught) {
        const error = KeylineError.from(caught, "outcome_unknown", "the broker's answer could not be read");
        // Retried in its place: nothing later of this partition leaves before the batch is settled.
        if (!error.retryable || closed || performance.now() + delayMs > deadlineMs) throw error;
        await sleep(delayMs);
      }
    }
  };

  const pump = async (queue: PartitionQueue) => {
    if (queue.inFlight || closed) return;
    const batch = accumulator.take(queue, limits);
    if (batch.length === 0) return;
    queue.inFlight = true;
    const { topic, partition } = queue;
    try {
      const { offset } = await append(queue, batch);
      const nowMs = performance.now();
      batch.forEach((entry, index) => {
        succeed(entry, { topic, partition, offset: offset + index }, nowMs);
      });
    } catch (caught) {
      const error = KeylineError.from(caught, "outcome_unknown", "sending failed");
      for (const entry of batch) fail(entry, error);
    } finally {
      queue.inFlight = false;
      if (accumulator.hasWaiting(queue)) schedule(queue);
    }
  };

  const refusalOf = (request: WriteRequest, bytes: number): KeylineError | null => {
    const { topic, signal } = request;
    if (closed) return new KeylineError("closed", `cannot send to ${topic}: the producer is closed`);
    if (signal?.aborted) return new KeylineError("aborted", `cannot send to ${topic}: the caller gave up`);
    return bytes > transport.maxBatchBytes ? tooLarge(request, bytes, transport.maxBatchBytes) : null;
  };

  const write = (request: WriteRequest): Promise<RecordPosition> => {
    const bytes = bytesOf(request);
    const refused = refusalOf(request, bytes);
    if (refused) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      const { signal } = request;
      const entry: Entry = { request, bytes, calledAtMs: performance.now(), stopListening: null, resolve, reject };
      if (signal) listen(entry, signal);
      accumulator.add(entry);
    });
  };

  const listen = (entry: Entry, signal: AbortSignal) => {
    const onAbort = () => {
      if (accumulator.isWaiting(entry))
        fail(entry, new KeylineError("aborted", "the caller gave up before it was sent"));
    };
    entry.stopListening = () => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
  };

  const flush = (): Promise<void> => {
    const left = new Set(accumulator.entries());
    if (left.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = {
        left,
        done() {
          flushes.delete(waiting);
          resolve();
        },
      };
      flushes.add(waiting);
    });
  };

  return {
    connect: () => producer.connect(),
    write,
    pending: () => accumulator.size(),
    flush,
    async close(timeoutMs) {
      const timer = new AbortController();
      await Promise.race([flush(), sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
      closed = true;
      for (const entry of [...accumulator.entries()])
        fail(entry, accumulator.isWaiting(entry) ? unsent() : unanswered());
      await producer.close();
    },
  };
}

const unsent = () => new KeylineError("closed", "the producer was closed before it was sent");

const unanswered = () => new KeylineError("outcome_unknown", "the producer was closed before the broker had answered");

function tooLarge(request: WriteRequest, bytes: number, most: number): KeylineError {
  const message = `cannot send to ${request.topic}: the event has ${bytes} bytes, a batch ${most} at most`;
  return new KeylineError("record_too_large", message, eventIdOf(request));
}

const eventIdOf = ({ eventId }: WriteRequest) => (eventId ? { eventId } : {});

const textOrNull = (bytes: Uint8Array | null) => (bytes === null ? null : textOf(bytes));
