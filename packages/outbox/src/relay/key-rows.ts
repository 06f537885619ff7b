import type { KeylineError } from "@keyline/runtime";
import { type ChainLink, createChain } from "@keyline/runtime/outbox";
import type { Row } from "./rows.js";

export interface KeyRowsOptions {
  /** Publishes the row, unless an earlier one of its chain has failed. */
  publish(row: Row, link: ChainLink): Promise<unknown>;
  /** The log has the row. */
  published(row: Row): void;
  /** Nothing is under way, and no row is left. */
  emptied(): void;
  /** The row cannot be published, nor what comes after it; nothing is under way. */
  refused(row: Row, error: KeylineError): void;
  /** The row could not be published for now; nothing is under way until `again`. */
  waits(row: Row, error: KeylineError): void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** The rows of one key in memory. */
export interface KeyRows {
  /** In order; what the log has is taken out. */
  readonly rows: readonly Row[];
  /** Publishes the row behind those that are there. */
  add(row: Row): void;
  /** Publishes all again, if it has waited long enough. */
  again(): void;
  /** Nothing goes any more that has not left. */
  stop(error: KeylineError): void;
  isUnderWay(): boolean;
}

const firstPauseMs = 100;
const longestPauseMs = 5000;

/**
 * Invariant: `rows` are the first of the key that the log does not have, as far as they were read, in order. All of them were
 * handed to `publish` in one chain, or one of it failed and none is handed on before all that are under way are settled; then the
 * first of `rows` is the one that failed, and either all are published again in a new chain or the key goes, as a whole.
 * So no row reaches the log before an earlier one of its key. `againAtMs` is set while all wait to be published again.
 */
export function createKeyRows(options: KeyRowsOptions): KeyRows {
  const rows: Row[] = [];
  let chain = createChain();
  let underWay = 0;
  let againAtMs: number | null = null;
  let failures = 0;

  const publish = (row: Row) => {
    underWay += 1;
    const published = () => {
      failures = 0;
      rows.splice(rows.indexOf(row), 1);
      options.published(row);
    };
    options
      .publish(row, chain.join())
      .then(published, () => undefined)
      .then(settled);
  };

  const settled = () => {
    underWay -= 1;
    if (underWay > 0) return;
    const [first] = rows;
    const error = chain.failure();
    if (!first) options.emptied();
    else if (error && isRetryable(error)) {
      againAtMs = options.nowMs() + Math.min(firstPauseMs * 2 ** failures, longestPauseMs);
      failures += 1;
      options.waits(first, error);
    } else if (error) options.refused(first, error);
  };

  return {
    rows,
    add(row) {
      rows.push(row);
      if (chain.failure() === null) publish(row);
    },
    again() {
      if (againAtMs === null || againAtMs > options.nowMs()) return;
      againAtMs = null;
      chain = createChain();
      for (const row of [...rows]) publish(row);
    },
    stop: (error) => chain.stop(error),
    isUnderWay: () => underWay > 0,
  };
}

/** Codes of failures that say nothing about the row. */
const codesToRetry: ReadonlySet<string> = new Set(["outcome_unknown", "timed_out", "aborted", "closed", "lane_fenced"]);

/** Whether trying again may help though nothing about the row, its topic or the contract changes. */
const isRetryable = (error: KeylineError): boolean => error.retryable || codesToRetry.has(error.code);
