import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { StateRow } from "../ports/store.js";

/** A timer that is set. */
export interface StoredTimer {
  readonly name: string;
  readonly dueAtMs: number;
  readonly data: unknown;
  /** Carried from the event that set it to what it emits. */
  readonly correlationId: string | null;
  readonly causes: readonly RecordPosition[];
}

/** What the runtime remembers of a key beside the reducer's state; plain JSON. */
export interface KeyMeta {
  /** The latest event ids, oldest first. */
  recent: string[];
  /** The last applied offset of each topic-partition, `<topic>/<partition>`: keys finish out of order. */
  applied: Record<string, number>;
  /** The highest `keyline-seq` number applied, by projection. */
  sequences: Record<string, number>;
  /** How many events were emitted for the key, by the name that numbers them in `keyline-seq`. */
  emitted: Record<string, number>;
  timers: StoredTimer[];
  /** How many of its events are parked; absent for none. As long as any is, everything of the key waits behind it. */
  parked?: number;
}

/** One key as a lane's owner works on it. Thrown away, and read again from the store, when anything about it fails. */
export interface KeyState {
  readonly key: string;
  /** The version in the store; 0 before the first write. */
  version: number;
  state: unknown;
  readonly meta: KeyMeta;
}

/** A key that the store has no row of. */
export function newKeyState(key: string, initial: (key: string) => unknown): KeyState {
  const meta: KeyMeta = { recent: [], applied: {}, sequences: {}, emitted: {}, timers: [] };
  return { key, version: 0, state: initial(key), meta };
}

/** A key as the store has it. */
export function loadKeyState(row: StateRow): KeyState {
  return { key: row.key, version: row.version, state: row.state, meta: row.meta as KeyMeta };
}

/** When the key's next timer is due; null for none, and while the key is parked: what it waits for may clear the timer. */
export function nextDueMs({ meta }: KeyState): number | null {
  if (isParked(meta)) return null;
  return meta.timers.reduce<number | null>(
    (next, { dueAtMs }) => (next === null ? dueAtMs : Math.min(next, dueAtMs)),
    null,
  );
}

/** Whether the key waits to be released. */
export const isParked = ({ parked = 0 }: KeyMeta): boolean => parked > 0;

/** What a reducer returned, which must be a state. */
export function newStateOf(returned: unknown, projection: string): unknown {
  if (returned !== undefined) return returned;
  throw new KeylineError("handler_failed", `a reducer of ${projection} returned undefined: return the new state`);
}

/** The number under the name; undefined where there is none, also for the name of something that every object has. */
export const ownNumber = (numbers: Readonly<Record<string, number>>, name: string): number | undefined =>
  Object.hasOwn(numbers, name) ? numbers[name] : undefined;
