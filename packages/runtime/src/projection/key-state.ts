import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { StateRow } from "../ports/store.js";
import { checkFormat, storedFormat } from "../stored-format.js";
import { asJson } from "../text/json-value.js";
import type { AnyProjection } from "./define.js";
import { type KnownEvents, loadKnownEvents, nothingKnown, type StoredKnownEvents } from "./known-events.js";
import type { RefusedEvents } from "./refused-events.js";
import type { SilenceMarks } from "./silence.js";

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
export interface KeyMeta extends KnownEvents, RefusedEvents, SilenceMarks {
  /** The format in which it is written; 1 where it is not there. */
  version: number;
  /** How many events were emitted for the key, by the name that numbers them in `keyline-seq`. */
  emitted: Record<string, number>;
  timers: StoredTimer[];
  /** How many of its events are parked; absent for none. As long as any is, everything of the key waits behind it. */
  parked?: number;
  /** `initial` threw, so there is no state yet: it is asked for again before the next event is applied. */
  stateless?: true;
}

/** One key as a lane's owner works on it. Thrown away, and read again from the store, when anything about it fails. */
export interface KeyState {
  readonly key: string;
  /** The version in the store; 0 before the first write. */
  version: number;
  state: unknown;
  readonly meta: KeyMeta;
}

/** A key that the store has no row of. `initial` may throw: its key's events fail then, and no other's. */
export function newKeyState(key: string, { name, initial }: Pick<AnyProjection, "name" | "initial">): KeyState {
  const row = newRow(key);
  row.meta.stateless = true;
  try {
    begin(row, { name, initial });
  } catch {
    // Thrown again by what is applied first.
  }
  return row;
}

/** The row of a lane itself, which has no state. */
export function newRow(key: string): KeyState {
  const meta: KeyMeta = { version: storedFormat, ...nothingKnown(), emitted: {}, timers: [] };
  return { key, version: 0, state: null, meta };
}

/** Makes the key's first state where it has none yet. Throws what `initial` throws. */
export function begin(row: KeyState, { name, initial }: Pick<AnyProjection, "name" | "initial">): void {
  if (!row.meta.stateless) return;
  const state = initial(row.key);
  row.state = state === undefined ? state : asJson(state, `initial of ${name} returned a value that is not a state`);
  delete row.meta.stateless;
}

/** A key as the store has it. Throws `store_format` for one that a much newer runtime has written. */
export function loadKeyState(row: StateRow): KeyState {
  const { key, version, state } = row;
  checkFormat(`the row of key ${key}`, row.meta);
  const stored = row.meta as StoredMeta;
  return { key, version, state, meta: { ...stored, ...loadKnownEvents(stored), version: storedFormat } };
}

/** What the store has, of this format or of the one before. */
type StoredMeta = StoredKnownEvents &
  SilenceMarks &
  Pick<KeyMeta, "emitted" | "timers" | "parked" | "stateless" | "refused">;

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

/** What a reducer returned, which must be a state: what JSON can say. */
export function newStateOf(returned: unknown, projection: string): unknown {
  if (returned !== undefined)
    return asJson(returned, `a reducer of ${projection} returned a value that is not a state`);
  throw new KeylineError("handler_failed", `a reducer of ${projection} returned undefined: return the new state`);
}
