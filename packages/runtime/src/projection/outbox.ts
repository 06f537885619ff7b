import { setTimeout as sleep } from "node:timers/promises";
import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import type { OutboxRow } from "../ports/store.js";
import type { ProducerCore } from "../producer/core.js";
import type { WriteRequest } from "../producer/write-request.js";
import type { Emitted } from "./apply.js";
import { whileAvailable } from "./available.js";
import { preparedSend } from "./prepared-send.js";
import { base64, bytes } from "./stored-bytes.js";

/** A dead letter in the outbox: the record as it was, bytes as base64. */
export interface StoredLetter {
  readonly kind: "letter";
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface OutboxOptions {
  readonly topics: Topics;
  readonly core: ProducerCore;
  readonly clusterId: string;
  readonly lane: number;
  /** The lane that a key belongs to by its hash. */
  homeLane(key: string): number;
  /** Whether this owner still has the lane: asked before each send. */
  holds(): Promise<boolean>;
  /** Another owner has the lane; nothing more is published. */
  fenced(): void;
  /** Rows were published and may be removed. */
  published(): void;
  fail(error: unknown): void;
}

/** Publishes what transactions put into a lane's outbox: a key's events one after the other, keys side by side. */
export interface Outbox {
  add(rows: readonly OutboxRow[]): void;
  /**
   * Rows that are published and wait to be removed by a transaction; taken by the call. `alone`: the transaction would
   * do nothing else, which is worth it only for many rows, or when no more come.
   */
  takePublished(alone: boolean): number[];
  /** Puts back what a transaction that was rolled back had taken. */
  putBackPublished(rows: readonly number[]): void;
  /** Whether rows wait to be published or removed. */
  pending(): boolean;
  stop(): void;
}

const firstRetryMs = 100;
const longestRetryMs = 5000;
/** So many published rows are worth a transaction of their own. */
const manyRows = 1000;

/** @see Outbox */
export function createOutbox(options: OutboxOptions): Outbox {
  const waiting = new Map<string, OutboxRow[]>();
  let published: number[] = [];
  let stopped = false;
  /** A question that is under way serves all that ask meanwhile. */
  let asking: Promise<boolean> | null = null;

  const holds = (): Promise<boolean> => {
    asking ??= whileAvailable(options.holds, () => stopped).finally(() => {
      asking = null;
    });
    return asking;
  };

  const send = async (row: OutboxRow) => {
    const record = row.record as Emitted | StoredLetter;
    if (record.kind === "letter") return void (await options.core.writer.write(letterRequest(record)));
    const home = record.sequence === null || record.key === null ? options.lane : options.homeLane(record.key);
    // Of an event on a wrong partition: who had this lane before may have written the key's own lane.
    if (home !== options.lane) await options.core.refreshLane(home);
    await options.core.sendPrepared(preparedSend(options.topics, record, options.clusterId));
  };

  /** Tried until it is in the log: a later event of the key with a higher `keyline-seq` would hide it. */
  const sendSurely = async (row: OutboxRow) => {
    for (let delayMs = firstRetryMs; !stopped; delayMs = Math.min(delayMs * 2, longestRetryMs)) {
      if (!(await holds())) {
        stop();
        return options.fenced();
      }
      if (stopped) return;
      try {
        await send(row);
        published.push(row.seq);
        return;
      } catch (caught) {
        const error = KeylineError.from(caught, "outcome_unknown", "cannot publish a stored event");
        if (stopped || error.code === "closed") return;
        if (!error.retryable && error.code !== "outcome_unknown") throw error;
        await sleep(delayMs);
      }
    }
  };

  const run = async (key: string, rows: OutboxRow[]) => {
    try {
      for (let row = rows[0]; row && !stopped; row = rows[0]) {
        await sendSurely(row);
        rows.shift();
        if (published.length >= manyRows) options.published();
      }
    } catch (caught) {
      // Who has stopped has lost the lane, and asks no more: a store that is away by then is its next owner's business.
      if (!stopped) options.fail(caught);
    } finally {
      waiting.delete(key);
      if (waiting.size === 0) options.published();
    }
  };

  const isWorthRemoving = () => published.length >= manyRows || waiting.size === 0;

  const stop = () => {
    stopped = true;
  };

  return {
    add(rows) {
      for (const row of rows) {
        const ofKey = waiting.get(row.key);
        if (ofKey) ofKey.push(row);
        else {
          const started = [row];
          waiting.set(row.key, started);
          void run(row.key, started);
        }
      }
    },
    takePublished(alone) {
      if (alone && !isWorthRemoving()) return [];
      const taken = published;
      published = [];
      return taken;
    },
    putBackPublished(rows) {
      published.push(...rows);
    },
    pending: () => (!stopped && waiting.size > 0) || published.length > 0,
    stop,
  };
}

/** A dead letter as the outbox stores it. */
export function storedLetter(request: WriteRequest): StoredLetter {
  return {
    kind: "letter",
    topic: request.topic,
    partition: request.partition,
    key: base64(request.key),
    value: base64(request.value),
    headers: request.headers.map(([name, value]) => [name, Buffer.from(value).toString("base64")]),
  };
}

function letterRequest(letter: StoredLetter): WriteRequest {
  return {
    topic: letter.topic,
    partition: letter.partition,
    orderKey: null,
    key: bytes(letter.key),
    value: bytes(letter.value),
    headers: letter.headers.map(([name, value]) => [name, Buffer.from(value, "base64")] as const),
  };
}
