import { KeylineError } from "../errors.js";
import { isTooLarge } from "../lane/dead-letter.js";
import type { OutboxRow } from "../ports/store.js";
import { type Retry, retry } from "../retry.js";
import type { Epoch } from "./ownership.js";
import { type PublishOptions, publishRows } from "./publish-rows.js";

export interface OutboxOptions extends PublishOptions {
  /** Rows were published and may be removed. */
  published(): void;
  fail(error: unknown): void;
  /** The pauses between attempts to publish a row. */
  readonly pauses?: Pick<Retry, "firstPauseMs" | "longestPauseMs">;
}

/**
 * Publishes what transactions put into a lane's outbox: a key's events in order, keys side by side. Called by
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
  /** By key, in the order of the outbox; the first rows of each list are under way. */
  readonly waiting: Map<string, OutboxRow[]>;
  /** Numbers of rows that are in the log and not removed. */
  readonly published: number[];
  /** So many rows are under way at most: a chain may be shorter than what was offered for it. */
  underWay: number;
}

const defaultPauses = { firstPauseMs: 100, longestPauseMs: 5000 };

/** So many published rows are worth a transaction of their own. */
const manyRows = 1000;

/** So many rows of a lane are under way at most, and one of each key: they lie in memory twice, and come twice after a crash. */
const mostUnderWay = 1000;

/**
 * Invariant: each row that the epoch found or added is in `waiting`, in `published`, in a transaction that removes it, or
 * removed; it reaches `published` only after the log acknowledged it, and all earlier rows of its key. The first rows of a
 * key are under way in one chain; the next chain begins when all of it is settled. Before each chain the epoch is asked for, and
 * what has not left when the epoch ends does not leave: an owner that knows that it is fenced begins to send nothing more. All of it
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
      publishing = { epoch, waiting: new Map(), published: [], underWay: 0 };
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
    while (rows.length > 0 && !epoch.over.aborted) {
      const count = await publishFirst(options, publishing, rows);
      if (count === 0) return;
      published.push(...rows.splice(0, count).map(({ seq }) => seq));
      if (published.length >= manyRows) options.published();
    }
  } catch (caught) {
    // An owner that has lost its lane asks no more: a store that is away by then is the next owner's business.
    if (!epoch.over.aborted) options.fail(caught);
  } finally {
    // What is added behind a row that failed for good does not go before it.
    if (rows.length === 0 || epoch.over.aborted) waiting.delete(key);
    if (waiting.size === 0) options.published();
  }
}

/**
 * Tries until the first row is in the log, and those behind it that are under way with it: a later event of the key with a higher
 * `keyline-seq` would hide it. Resolves to how many are there; to 0 when the epoch was over before.
 */
function publishFirst(options: OutboxOptions, publishing: Publishing, rows: readonly OutboxRow[]): Promise<number> {
  const { epoch } = publishing;
  return retry(sendRetry(options, epoch.over), async () => {
    if (!(await epoch.isHeld()) || epoch.over.aborted) return 0;
    const most = Math.min(mostUnderWay / publishing.waiting.size, mostUnderWay - publishing.underWay);
    const next = rows.slice(0, Math.max(1, Math.floor(most)));
    publishing.underWay += next.length;
    return publishRows(options, next, epoch.over).finally(() => {
      publishing.underWay -= next.length;
    });
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
