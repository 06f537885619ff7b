import { KeylineError } from "@keyline/runtime";
import { type Chain, type ChainLink, createChain } from "@keyline/runtime/outbox";
import type { Row } from "./rows.js";

export interface KeysOptions {
  /** Publishes the row, after those of its chain. */
  publish(row: Row, link: ChainLink): Promise<unknown>;
  /** The log has the row. */
  published(row: Row): void;
  /** The row cannot be published, nor what comes after it of its key. */
  refused(row: Row, error: KeylineError): void;
  /** The row could not be published for now. */
  waits(row: Row, error: KeylineError): void;
  /** Rows left memory. */
  moved(): void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** The rows in memory, by key. */
export interface Keys {
  /** Publishes the rows: of each key behind those that it has. */
  add(rows: readonly Row[]): void;
  /** Publishes again what waited long enough. */
  again(): void;
  /** Forgets what is of these slots: nothing of it that has not left goes any more. */
  drop(slots: ReadonlySet<number>): void;
  numbers(): readonly string[];
  size(): number;
  bytes(): number;
  /** Whether something was handed on and is not settled. */
  isUnderWay(): boolean;
  isBusy(slot: number): boolean;
}

/** The rows of one key. */
interface KeyRows {
  readonly hash: string;
  readonly slot: number;
  /** In order; what the log has is taken out. */
  readonly rows: Row[];
  chain: Chain;
  /** How many of `rows` were handed to `publish` and are not settled. */
  underWay: number;
  /** When its rows are published again; null unless it waits for that. */
  againAtMs: number | null;
  failures: number;
}

const firstPauseMs = 100;
const longestPauseMs = 5000;

/**
 * Invariant: of each key here `rows` are the first that the log does not have, as far as they were read, in order. All of them
 * were handed to `publish` in one chain, or one of it failed and none is handed on before all that are under way are settled; then
 * the first of `rows` is the one that failed, and either all are published again in a new chain or the key goes, as a
 * whole. So no row reaches the log before an earlier one of its key. `size` and `bytes` count the rows of all keys.
 */
export function createKeys(options: KeysOptions): Keys {
  const keys = new Map<string, KeyRows>();
  let size = 0;
  let bytes = 0;

  const count = (rows: readonly Row[], step: 1 | -1) => {
    for (const row of rows) bytes += step * row.event.length;
    size += step * rows.length;
  };

  const forget = (key: KeyRows) => {
    count(key.rows, -1);
    keys.delete(key.hash);
  };

  const publish = (key: KeyRows, row: Row) => {
    key.underWay += 1;
    options.publish(row, key.chain.join()).then(
      () => settle(key, row),
      () => settle(key, null),
    );
  };

  const settle = (key: KeyRows, published: Row | null) => {
    key.underWay -= 1;
    const isHere = keys.get(key.hash) === key;
    if (published) {
      key.failures = 0;
      options.published(published);
      const at = key.rows.indexOf(published);
      if (isHere && at >= 0) count(key.rows.splice(at, 1), -1);
    }
    if (key.underWay > 0 || !isHere) return;
    if (key.rows.length === 0) forget(key);
    else stopped(key);
    options.moved();
  };

  /** One of its chain failed, and nothing of it is under way. */
  const stopped = (key: KeyRows) => {
    const [first] = key.rows;
    const error = key.chain.failure();
    if (!first || !error) return;
    if (!isPassing(error)) {
      forget(key);
      return options.refused(first, error);
    }
    key.againAtMs = options.nowMs() + Math.min(firstPauseMs * 2 ** key.failures, longestPauseMs);
    key.failures += 1;
    options.waits(first, error);
  };

  const addRow = (row: Row) => {
    const known = keys.get(row.hash);
    const key = known ?? newKey(row);
    if (!known) keys.set(row.hash, key);
    key.rows.push(row);
    count([row], 1);
    if (key.chain.failure() === null) publish(key, row);
  };

  return {
    add(rows) {
      for (const row of rows) addRow(row);
    },
    again() {
      for (const key of keys.values()) {
        if (key.againAtMs === null || key.againAtMs > options.nowMs()) continue;
        key.againAtMs = null;
        key.chain = createChain();
        for (const row of key.rows) publish(key, row);
      }
    },
    drop(slots) {
      for (const key of keys.values()) {
        if (!slots.has(key.slot)) continue;
        key.chain.stop(new KeylineError("lane_fenced", `slot ${key.slot} of the outbox is another relay's`));
        forget(key);
      }
    },
    numbers: () => [...keys.values()].flatMap(({ rows }) => rows.map(({ number }) => number)),
    size: () => size,
    bytes: () => bytes,
    isUnderWay: () => [...keys.values()].some(({ underWay }) => underWay > 0),
    isBusy: (slot) => [...keys.values()].some((key) => key.slot === slot),
  };
}

const newKey = ({ hash, slot }: Row): KeyRows => ({
  hash,
  slot,
  rows: [],
  chain: createChain(),
  underWay: 0,
  againAtMs: null,
  failures: 0,
});

/** Codes of failures that say nothing about the row. */
const passing: ReadonlySet<string> = new Set(["outcome_unknown", "timed_out", "aborted", "closed", "lane_fenced"]);

/** Whether trying again may help though nothing about the row, its topic or the contract changes. */
const isPassing = (error: KeylineError): boolean => error.retryable || passing.has(error.code);
