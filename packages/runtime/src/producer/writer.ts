import { setTimeout as sleep } from "node:timers/promises";
import { textOf } from "../codec/headers.js";
import { KeylineError } from "../errors.js";
import type { Hooks, RecordPosition } from "../hooks.js";
import type { Headers, TopicPartition, Transport } from "../transport.js";

/** A record on its way to one partition. */
export interface WriteRequest extends TopicPartition {
  /** Records of one order key are written in the order of `write`, over all partitions; null orders nothing. */
  readonly orderKey: string | null;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  /** Further headers, made when the record leaves the queue: by then every predecessor's position is known. */
  readonly lateHeaders?: { readonly make: () => Headers; readonly maxBytes: number };
  /** Called with the position before any successor of the order key is sent. */
  readonly acknowledged?: (position: RecordPosition) => void;
  readonly eventId?: string | null;
  /** Aborting takes the record out of the queue; one that is under way runs its course. */
  readonly signal?: AbortSignal;
}

export interface WriterOptions {
  readonly transport: Transport;
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
  /** Flushes, then closes. What is not settled within the time is rejected with `closed`. */
  close(timeoutMs: number): Promise<void>;
}

interface Entry {
  readonly request: WriteRequest;
  readonly bytes: number;
  readonly calledAtMs: number;
  /** The unsettled record of the same order key that was written before this one. */
  predecessor: Entry | null;
  successor: Entry | null;
  stopListening(): void;
  resolve(position: RecordPosition): void;
  reject(error: KeylineError): void;
}

interface Queue extends TopicPartition {
  entries: Entry[];
  inFlight: boolean;
  scheduled: boolean;
}

/** What a record costs in a batch beside its key, value and headers. */
const recordOverheadBytes = 40;

/** @see Writer */
export function createWriter(options: WriterOptions): Writer {
  const { transport, hooks } = options;
  const producer = transport.createProducer();
  const queues = new Map<string, Queue>();
  const lastOfKey = new Map<string, Entry>();
  const pending = new Set<Entry>();
  let closed = false;

  const queueOf = ({ topic, partition }: TopicPartition): Queue => {
    const name = `${topic}/${partition}`;
    const known = queues.get(name);
    if (known) return known;
    const made: Queue = { topic, partition, entries: [], inFlight: false, scheduled: false };
    queues.set(name, made);
    return made;
  };

  /** Waits a moment, so that all that is written in one go leaves in one batch. */
  const schedule = (queue: Queue) => {
    if (queue.scheduled || queue.inFlight) return;
    queue.scheduled = true;
    const start = () => {
      queue.scheduled = false;
      void pump(queue);
    };
    if (options.lingerMs > 0) setTimeout(start, options.lingerMs);
    else setImmediate(start);
  };

  /** Takes an entry out of its key's chain; who came after it now comes after who came before it. */
  const unlink = (entry: Entry) => {
    const { predecessor, successor } = entry;
    const { orderKey } = entry.request;
    if (predecessor) predecessor.successor = successor;
    if (successor) successor.predecessor = predecessor;
    if (orderKey !== null && lastOfKey.get(orderKey) === entry) {
      if (predecessor) lastOfKey.set(orderKey, predecessor);
      else lastOfKey.delete(orderKey);
    }
    entry.predecessor = null;
    entry.successor = null;
    if (successor && !predecessor) schedule(queueOf(successor.request));
  };

  const settle = (entry: Entry) => {
    pending.delete(entry);
    entry.stopListening();
    unlink(entry);
  };

  const succeed = (entry: Entry, position: RecordPosition, nowMs: number) => {
    // Given up by close: its caller was told already.
    if (!pending.has(entry)) return;
    entry.request.acknowledged?.(position);
    settle(entry);
    hooks?.acknowledged?.({ ...position, key: textOrNull(entry.request.key), waitedMs: nowMs - entry.calledAtMs });
    entry.resolve(position);
  };

  const fail = (entry: Entry, error: KeylineError) => {
    if (!pending.has(entry)) return;
    settle(entry);
    const { eventId, topic } = entry.request;
    entry.reject(
      new KeylineError(error.code, `cannot send to ${topic}: ${error.rawMessage}`, {
        cause: error,
        retryable: error.retryable,
        ...(eventId ? { eventId } : {}),
      }),
    );
  };

  /** Takes what may go now, in order; a key whose predecessor is still unsettled elsewhere is passed over whole. */
  const takeBatch = (queue: Queue): Entry[] => {
    const batch: Entry[] = [];
    const left: Entry[] = [];
    const passedOver = new Set<string>();
    let bytes = 0;
    let full = false;
    for (const entry of queue.entries) {
      const { orderKey } = entry.request;
      if (!full)
        full =
          batch.length >= options.maxBatchRecords ||
          (batch.length > 0 && bytes + entry.bytes > transport.maxBatchBytes);
      if (full || (orderKey !== null && (passedOver.has(orderKey) || waitsElsewhere(entry)))) {
        if (orderKey !== null) passedOver.add(orderKey);
        left.push(entry);
        continue;
      }
      bytes += entry.bytes;
      batch.push(entry);
    }
    queue.entries = left;
    return batch;
  };

  const append = async (queue: Queue, batch: readonly Entry[]) => {
    const timestampMs = Math.floor(options.nowMs());
    const records = batch.map(({ request }) => ({
      key: request.key,
      value: request.value,
      headers: request.lateHeaders ? [...request.headers, ...request.lateHeaders.make()] : request.headers,
      timestampMs,
    }));
    hooks?.sent?.({
      topic: queue.topic,
      partition: queue.partition,
      records: records.length,
      bytes: batch.reduce((sum, entry) => sum + entry.bytes, 0),
    });
    const deadlineMs = performance.now() + options.deliveryTimeoutMs;
    for (let delayMs = 50; ; delayMs = Math.min(delayMs * 2, 1000)) {
      try {
        return await producer.append(queue.topic, queue.partition, records);
      } catch (caught) {
        const error = KeylineError.from(caught, "outcome_unknown", "the broker's answer could not be read");
        // Retried in its place: nothing later of this partition leaves before the batch is settled.
        if (!error.retryable || closed || performance.now() + delayMs > deadlineMs) throw error;
        await sleep(delayMs);
      }
    }
  };

  const pump = async (queue: Queue) => {
    if (queue.inFlight) return;
    const batch = takeBatch(queue);
    if (batch.length === 0) return;
    queue.inFlight = true;
    try {
      const { offset } = await append(queue, batch);
      const nowMs = performance.now();
      batch.forEach((entry, index) => {
        succeed(entry, { topic: queue.topic, partition: queue.partition, offset: offset + index }, nowMs);
      });
    } catch (caught) {
      const error = KeylineError.from(caught, "outcome_unknown", "sending failed");
      for (const entry of batch) fail(entry, error);
    } finally {
      queue.inFlight = false;
      if (queue.entries.length > 0) schedule(queue);
    }
  };

  const withdraw = (entry: Entry) => {
    const queue = queueOf(entry.request);
    const index = queue.entries.indexOf(entry);
    if (index < 0) return;
    queue.entries.splice(index, 1);
    fail(entry, new KeylineError("aborted", "the caller gave up before it was sent"));
  };

  const write = (request: WriteRequest): Promise<RecordPosition> => {
    const bytes = bytesOf(request);
    if (closed)
      return Promise.reject(new KeylineError("closed", `cannot send to ${request.topic}: the producer is closed`));
    if (request.signal?.aborted) {
      return Promise.reject(new KeylineError("aborted", `cannot send to ${request.topic}: the caller gave up`));
    }
    if (bytes > transport.maxBatchBytes) return Promise.reject(tooLarge(request, bytes, transport.maxBatchBytes));
    return new Promise((resolve, reject) => {
      const predecessor = request.orderKey === null ? null : (lastOfKey.get(request.orderKey) ?? null);
      const calledAtMs = performance.now();
      const { signal } = request;
      const onAbort = () => withdraw(entry);
      const stopListening = () => signal?.removeEventListener("abort", onAbort);
      const entry: Entry = { request, bytes, calledAtMs, predecessor, successor: null, stopListening, resolve, reject };
      if (predecessor) predecessor.successor = entry;
      if (request.orderKey !== null) lastOfKey.set(request.orderKey, entry);
      pending.add(entry);
      const queue = queueOf(request);
      queue.entries.push(entry);
      signal?.addEventListener("abort", onAbort, { once: true });
      schedule(queue);
    });
  };

  const flush = async () => {
    const settled = [...pending].map(
      (entry) =>
        new Promise<void>((done) => {
          const { resolve, reject } = entry;
          entry.resolve = (position) => {
            resolve(position);
            done();
          };
          entry.reject = (error) => {
            reject(error);
            done();
          };
        }),
    );
    await Promise.all(settled);
  };

  return {
    connect: () => producer.connect(),
    write,
    pending: () => pending.size,
    flush,
    async close(timeoutMs) {
      const timer = new AbortController();
      await Promise.race([flush(), sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
      closed = true;
      for (const queue of queues.values()) {
        for (const entry of queue.entries.splice(0)) {
          fail(entry, new KeylineError("closed", "the producer was closed before it was sent"));
        }
      }
      for (const entry of pending) {
        fail(entry, new KeylineError("outcome_unknown", "the producer was closed before the broker had answered"));
      }
      await producer.close();
    },
  };
}

/** Whether the predecessor is not settled and lies on another partition: this one would overtake it. */
function waitsElsewhere({ predecessor, request }: Entry): boolean {
  return (
    !!predecessor &&
    (predecessor.request.topic !== request.topic || predecessor.request.partition !== request.partition)
  );
}

function bytesOf(request: WriteRequest): number {
  let bytes = recordOverheadBytes + (request.lateHeaders?.maxBytes ?? 0);
  bytes += (request.key?.byteLength ?? 0) + (request.value?.byteLength ?? 0);
  for (const [name, value] of request.headers) bytes += name.length + value.byteLength;
  return bytes;
}

const tooLarge = (request: WriteRequest, bytes: number, most: number) =>
  new KeylineError(
    "record_too_large",
    `cannot send to ${request.topic}: the event has ${bytes} bytes, a batch ${most} at most`,
    {
      ...(request.eventId ? { eventId: request.eventId } : {}),
    },
  );

const textOrNull = (bytes: Uint8Array | null) => (bytes === null ? null : textOf(bytes));
