import { setTimeout as sleep } from "node:timers/promises";
import { KeylineError } from "../errors.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { Transport } from "../ports/transport.js";
import { type Accumulator, createAccumulator, type Entry } from "./accumulator.js";
import { type Batches, createBatches } from "./batches.js";
import { createSettlement, eventIdOf, type Settlement } from "./settlement.js";
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

/**
 * Invariant: once `closed`, nothing is added to the accumulator and no batch begins, so `close` sees every record that
 * can still be settled.
 */
export function createWriter(options: WriterOptions): Writer {
  const { transport, hooks } = options;
  const producer = transport.createProducer();
  const accumulator: Accumulator = createAccumulator((queue) => batches.schedule(queue));
  const settlement = createSettlement(accumulator, hooks);
  const batches: Batches = createBatches({
    ...{ producer, accumulator, settlement, hooks },
    limits: { maxRecords: options.maxBatchRecords, maxBytes: transport.maxBatchBytes },
    lingerMs: options.lingerMs,
    deliveryTimeoutMs: options.deliveryTimeoutMs,
    nowMs: options.nowMs,
  });
  let closed = false;

  const write = (request: WriteRequest): Promise<RecordPosition> => {
    const bytes = bytesOf(request);
    const refused = closed ? afterClose(request) : refusalOf(request, bytes, transport.maxBatchBytes);
    if (refused) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      const entry: Entry = { request, bytes, calledAtMs: performance.now(), stopListening: null, resolve, reject };
      if (request.signal) listen(entry, request.signal, accumulator, settlement);
      accumulator.add(entry);
    });
  };

  return {
    connect: () => producer.connect(),
    write,
    pending: () => accumulator.size(),
    flush: settlement.flush,
    async close(timeoutMs) {
      const timer = new AbortController();
      const over = sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([settlement.flush(), over]);
      timer.abort();
      closed = true;
      batches.stop();
      for (const entry of [...accumulator.entries()])
        settlement.fail(entry, accumulator.isWaiting(entry) ? unsent() : unanswered());
      await producer.close();
    },
  };
}

/** Lets the caller give up as long as the record was not sent. */
function listen(entry: Entry, signal: AbortSignal, accumulator: Accumulator, settlement: Settlement) {
  const onAbort = () => {
    if (!accumulator.isWaiting(entry)) return;
    settlement.fail(entry, new KeylineError("aborted", "the caller gave up before it was sent"));
  };
  entry.stopListening = () => signal.removeEventListener("abort", onAbort);
  signal.addEventListener("abort", onAbort, { once: true });
}

function refusalOf(request: WriteRequest, bytes: number, maxBytes: number): KeylineError | null {
  const { topic, signal } = request;
  if (signal?.aborted) return new KeylineError("aborted", `cannot send to ${topic}: the caller gave up`);
  if (bytes <= maxBytes) return null;
  const message = `cannot send to ${topic}: the event has ${bytes} bytes, a batch ${maxBytes} at most`;
  return new KeylineError("record_too_large", message, eventIdOf(request));
}

const afterClose = ({ topic }: WriteRequest) =>
  new KeylineError("closed", `cannot send to ${topic}: the producer is closed`);

const unsent = () => new KeylineError("closed", "the producer was closed before it was sent");

const unanswered = () => new KeylineError("outcome_unknown", "the producer was closed before the broker had answered");
