import { keyOfOrderKey } from "../lane/order-key.js";
import type { LaneId, Store } from "../ports/store.js";
import type { AnyProjection } from "./define.js";
import { type KeyState, loadKeyState, newKeyState } from "./key-state.js";

/** The rows of a lane's keys, as its owner has them in memory. */
export interface LaneRows {
  /** Reads those that are not there yet. */
  load(keys: Iterable<string>): Promise<void>;
  has(key: string): boolean;
  get(key: string): KeyState | undefined;
  /** Throws rows away: they are read again from the store. */
  forget(keys: Iterable<string>): void;
  clear(): void;
}

export interface LaneRowsOptions {
  readonly store: Store;
  readonly lane: LaneId;
  readonly projection: AnyProjection;
  /** Rows in memory at most, between transactions. */
  readonly cachedKeys: number;
  /** Rows that one load reads at most. */
  readonly perLoad: number;
}

/**
 * Invariant: a row here is what the store has, or what the transaction that is under way makes of it. So a row is thrown
 * away whenever its write, or a reducer on it, failed. Only the lane's work loop calls, between its transactions.
 */
export function createLaneRows({ store, lane, projection, cachedKeys, perLoad }: LaneRowsOptions): LaneRows {
  const rows = new Map<string, KeyState>();
  return {
    async load(keys) {
      if (rows.size > cachedKeys) rows.clear();
      const missing = new Set<string>();
      for (const key of keys) {
        if (missing.size >= perLoad) break;
        if (!rows.has(key)) missing.add(key);
      }
      if (missing.size === 0) return;
      const found = await store.readStates(lane, [...missing]);
      for (const key of missing) {
        const row = found.get(key);
        rows.set(key, row ? loadKeyState(row) : newKeyState(key, isReserved(key) ? () => null : projection.initial));
      }
    },
    has: (key) => rows.has(key),
    get: (key) => rows.get(key),
    forget(keys) {
      for (const key of keys) rows.delete(key);
    },
    clear: () => rows.clear(),
  };
}

/** The key under which a lane remembers what it did with records that have no key. No canonical key begins so. */
const reserved = "\u0000lane ";
const isReserved = (key: string) => key.startsWith(reserved);

/** The key of the row that an order key belongs to. */
export function rowKeyOf(orderKey: string, lane: number): string {
  return keyOfOrderKey(orderKey) ?? `${reserved}${lane}`;
}
