import { keyOfOrderKey } from "../lane/order-key.js";
import type { LaneId, StateRow, Store } from "../ports/store.js";
import type { AnyProjection } from "./define.js";
import { type KeyMeta, type KeyState, loadKeyState, newKeyState, newRow } from "./key-state.js";

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
      const found = await store.readStates(lane, [...missing].flatMap(storedKeysOf));
      for (const key of missing) rows.set(key, rowOf(projection, found, key));
    },
    has: (key) => rows.has(key),
    get: (key) => rows.get(key),
    forget(keys) {
      for (const key of keys) rows.delete(key);
    },
    clear: () => rows.clear(),
  };
}

function rowOf(projection: AnyProjection, found: ReadonlyMap<string, StateRow>, key: string): KeyState {
  const row = found.get(key);
  if (isReserved(key)) {
    const own = row ? loadKeyState(row) : newRow(key);
    const former = found.get(formerKeyOf(key));
    return former && isOfALane(former) ? withFormer(own, former) : own;
  }
  if (row && !isOfALane(row)) return loadKeyState(row);
  return { ...newKeyState(key, projection), version: row?.version ?? 0 };
}

/*
 * Before the reserved key was one that no record can have it was a key's text, and an owner of the version before still
 * writes it: what it remembers there counts, and a key of that very text does not take it for its own.
 */
const formerly = "\u0000lane ";
const formerKeyOf = (key: string) => formerly + key.slice(reserved.length);
const storedKeysOf = (key: string) => (isReserved(key) ? [key, formerKeyOf(key)] : [key]);

/** Whether a row that has such a text for its key is a lane's: it has no state, and knows no event. */
const isOfALane = ({ key, state, meta }: StateRow) =>
  key.startsWith(formerly) && state === null && (meta as Pick<KeyMeta, "recent">).recent.length === 0;

function withFormer(own: KeyState, former: StateRow): KeyState {
  for (const [place, offset] of Object.entries(loadKeyState(former).meta.applied))
    own.meta.applied[place] = Math.max(own.meta.applied[place] ?? offset, offset);
  return own;
}

/** Half a surrogate pair, which UTF-8 cannot say: no record has a key that begins so. */
const reserved = "\ud800lane ";
const isReserved = (key: string) => key.startsWith(reserved);

/** The key under which a lane remembers what it did with records that have no key, or none that fits a row. */
export const reservedKey = (lane: number): string => `${reserved}${lane}`;

/** The key of the row that an order key belongs to. */
export function rowKeyOf(orderKey: string, lane: number): string {
  return keyOfOrderKey(orderKey) ?? reservedKey(lane);
}
