import type { Topics } from "../descriptor.js";
import { KeylineError } from "../errors.js";
import { isTooLarge, writeLetter } from "../lane/dead-letter.js";
import type { OutboxRow } from "../ports/store.js";
import type { ProducerCore } from "../producer/core.js";
import type { StoredEvent } from "../producer/stored-event.js";
import { preparedSend } from "../producer/stored-event.js";
import { type Retry, retry } from "../retry.js";
import type { Epoch } from "./ownership.js";
import { letterRequest, type StoredLetter } from "./stored-letter.js";

export interface OutboxOptions {
  readonly topics: Topics;
  readonly core: ProducerCore;
  readonly clusterId: string;
  readonly lane: number;
  /** The lane that a key belongs to by its hash. */
  homeLane(key: string): number;
  /** Rows were published and may be removed. */
  published(): void;
  fail(error: unknown): void;
  /** An event is too large for its topic: writes a dead letter in its place. */
  tooLarge(event: StoredEvent, error: KeylineError): Promise<void>;
  /** The pauses between attempts to publish a row. */
  readonly pauses?: Pick<Retry, "firstPauseMs" | "longestPauseMs">;
}

/**
 * Publishes what transactions put into a lane's outbox: a key's events one after the other, keys side by side. Called by
 * the lane's work loop alone.
 */
export interface Outbox {
  /**
   * Publishes under this epoch from here on, first the rows that it found. What an earlier epoch has under way may come
   * twice: its readers know it by `keyline-seq`.
   */
  begin(epoch: Epoch, rows: readonly OutboxRow[]): void;
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
}

/** What is published under one epoch. */
interface Publishing {
  readonly epoch: Epoch;
  /** By key, in the order of the outbox; the first row of each list is under way. */
  readonly waiting: Map<string, OutboxRow[]>;
  /** Numbers of rows that are in the log and not removed. */
  readonly published: number[];
}

const defaultPauses = { firstPauseMs: 100, longestPauseMs: 5000 };

/** So many published rows are worth a transaction of their own. */
const manyRows = 1000;

/**
 * Invariant: each row that the epoch found or added is in `waiting`, in `published`, in a transaction that removes it, or
 * removed; it reaches `published` only after the log acknowledged it. One row of a key is under way at a time, in the
 * order of the outbox. Before each attempt the epoch is asked for: an owner that was fenced sends nothing more. All of it
 * is in the store as well, so a crash loses nothing, and what was sent and not removed is sent again.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  let publishing: Publishing | null = null;

  const current = (): Publishing => {
    if (publishing) return publishing;
    throw new KeylineError("lane_fenced", `lane ${options.lane} was not taken`);
  };

  const add = (rows: readonly OutboxRow[]) => {
    const { waiting } = current();
    for (const row of rows) {
      const ofKey = waiting.get(row.key);
      if (ofKey) ofKey.push(row);
      else {
        const started = [row];
        waiting.set(row.key, started);
        void publishKey(options, current(), row.key, started);
      }
    }
  };

  return {
    begin(epoch, rows) {
      publishing = { epoch, waiting: new Map(), published: [] };
      add(rows);
    },
    add,
    takePublished(alone) {
      const { waiting, published } = current();
      const isWorthIt = published.length >= manyRows || waiting.size === 0;
      return alone && !isWorthIt ? [] : published.splice(0);
    },
    putBackPublished(rows) {
      current().published.push(...rows);
    },
    pending() {
      const { waiting, published } = current();
      return waiting.size > 0 || published.length > 0;
    },
  };
}

/** Publishes the rows of one key, also those that are added meanwhile. */
async function publishKey(options: OutboxOptions, publishing: Publishing, key: string, rows: OutboxRow[]) {
  const { epoch, waiting, published } = publishing;
  try {
    for (let row = rows[0]; row && !epoch.over.aborted; row = rows[0]) {
      if (!(await publishRow(options, epoch, row))) return;
      published.push(row.seq);
      rows.shift();
      if (published.length >= manyRows) options.published();
    }
  } catch (caught) {
    // An owner that has lost its lane asks no more: a store that is away by then is the next owner's business.
    if (!epoch.over.aborted) options.fail(caught);
  } finally {
    waiting.delete(key);
    if (waiting.size === 0) options.published();
  }
}

/**
 * Tries until the row is in the log: a later event of the key with a higher `keyline-seq` would hide it. Resolves to false
 * when the epoch was over before.
 */
function publishRow(options: OutboxOptions, epoch: Epoch, row: OutboxRow): Promise<boolean> {
  return retry(sendRetry(options, epoch.over), async () => {
    if (!(await epoch.isHeld()) || epoch.over.aborted) return false;
    await send(options, row);
    return true;
  });
}

const sendRetry = ({ pauses = defaultPauses }: OutboxOptions, signal: AbortSignal): Retry => ({
  ...pauses,
  mayRetry(caught) {
    const error = KeylineError.from(caught, "outcome_unknown", "cannot publish a stored event");
    return error.retryable || error.code === "outcome_unknown" || isTooLarge(error);
  },
  signal,
});

/**
 * Appends the row. A row that is too large for its topic would be refused for ever, and with it all that its key emits later:
 * instead, a dead letter of the event that emitted it reports it.
 */
async function send(options: OutboxOptions, row: OutboxRow): Promise<void> {
  const record = row.record as StoredEvent | StoredLetter;
  if (record.kind === "letter") return writeLetter(letterRequest(record), options.core.writer.write);
  try {
    await sendEvent(options, record);
  } catch (caught) {
    if (!isTooLarge(caught)) throw caught;
    await options.tooLarge(record, caught);
  }
}

async function sendEvent(
  { topics, core, clusterId, lane, homeLane }: OutboxOptions,
  record: StoredEvent,
): Promise<void> {
  const home = record.sequence === null || record.key === null ? lane : homeLane(record.key);
  // If an event is on a wrong partition, the former owner of this lane may have written the key's own lane.
  if (home !== lane) await core.refreshLane(home);
  await core.sendPrepared(preparedSend(topics, record, clusterId));
}
