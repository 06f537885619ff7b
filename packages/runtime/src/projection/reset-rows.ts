import type { RecordPosition } from "../hooks.js";
import type { StateRow, StoredPosition } from "../ports/store.js";
import type { TopicPartition } from "../ports/transport.js";
import { type KeyMeta, loadKeyState, newRow } from "./key-state.js";
import { reservedKey } from "./lane-rows.js";
import { type SilenceMarks, silentBeforeMsOf, silentBelowOf } from "./silence.js";

/** The store's data about a lane that is reset. */
export interface LaneToReset {
  readonly lane: number;
  readonly positions: readonly StoredPosition[];
  /** The lane's own row; null if it has none. */
  readonly own: StateRow | null;
}

/** The options of {@link resetRows}. */
export interface ResetOptions {
  /** Logs that are not the ones that were applied: all of their events are new. */
  readonly replaced: readonly TopicPartition[];
  /**
   * The first records of logs that have lost their beginnings: refused events below them exist only as dead letters.
   * Default: none.
   */
  readonly begins?: readonly RecordPosition[];
  /** Whether all output is published again. */
  readonly publish: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The store's data about one key of a lane that is reset. */
export interface KeyToReset {
  /** The lane that fires the key's timers. */
  readonly lane: number;
  readonly row: StateRow;
  /**
   * The number of its parked events and the first one of each topic-partition: from that one on none of its events was
   * applied.
   */
  readonly parked: readonly (TopicPartition & { readonly offset: number; readonly events: number })[];
}

/** The new rows after a reset: JSON that only the runtime reads. */
export interface RowsReset {
  /** The lane's own row: up to where everything was applied and its output was published. */
  ofLane(lane: number): unknown;
  /**
   * The row of a key that no longer has a state; null for none. Throws `store_format` for a row that a much newer
   * runtime wrote.
   */
  ofKey(key: KeyToReset): unknown;
}

/** What of a lane was published before it is reset, and what will have been afterwards. */
interface LaneMarks {
  readonly before: SilenceMarks;
  readonly after: SilenceMarks;
  /** By `<topic>/<partition>`. */
  readonly next: ReadonlyMap<string, number>;
  /** It has been applied up to where it stood at the last reset, so that the clock may have fired timers since. */
  readonly isCaughtUp: boolean;
}

/**
 * Resets the rows of lanes: states start again, and so does the record of applied events, since all are applied again.
 * The number of emitted events stays: readers would drop numbers that begin again.
 */
export function resetRows(lanes: readonly LaneToReset[], options: ResetOptions): RowsReset {
  const marks = new Map(lanes.map((lane) => [lane.lane, laneMarks(lane, options)]));
  const replaced = new Set(options.replaced.map(placeOf));
  const begins = new Map((options.begins ?? []).map((first) => [placeOf(first), first.offset]));
  // What comes from the log again is applied or refused again; what does not is applied by a replay of its letter alone.
  const isRead = (place: string, offset: number) => marks.has(partitionOf(place)) && offset >= (begins.get(place) ?? 0);
  return {
    ofLane: (lane) => ({ ...newRow("").meta, ...marks.get(lane)?.after }),
    ofKey(key) {
      const { meta } = loadKeyState(key.row);
      const refused = Object.entries(meta.refused ?? {})
        .map(([place, offsets]) => [place, offsets.filter((offset) => !isRead(place, offset))] as const)
        .filter(([place, offsets]) => offsets.length > 0 && !replaced.has(place));
      const kept = {
        ...elsewhere(meta, key, marks),
        ...keyMarks(meta, key, marks),
        ...(refused.length > 0 && { refused: Object.fromEntries(refused) }),
      };
      if (Object.keys(meta.emitted).length === 0 && Object.keys(kept).length === 0) return null;
      return { ...newRow("").meta, emitted: meta.emitted, stateless: true, ...kept };
    },
  };
}

function laneMarks({ positions, own }: LaneToReset, { replaced, publish, nowMs }: ResetOptions): LaneMarks {
  const before: SilenceMarks = own ? loadKeyState(own).meta : {};
  const next = new Map(positions.map((position) => [placeOf(position), position.next]));
  const isCaughtUp = Object.entries(before.silentBelow ?? {}).every(
    ([place, below]) => (next.get(place) ?? 0) >= below,
  );
  if (publish) return { before, after: {}, next, isCaughtUp };
  const unknown = new Set(replaced.map(placeOf));
  const places = [...new Set([...next.keys(), ...Object.keys(before.silentBelow ?? {})])].filter(
    (place) => !unknown.has(place),
  );
  // A lane that has not come so far again was published further than it stands.
  const below = places.map((place) => [place, Math.max(silentBelowOf(before, {}, place), next.get(place) ?? 0)]);
  const after = {
    silentBelow: Object.fromEntries(below),
    silentBeforeMs: isCaughtUp ? nowMs : silentBeforeMsOf(before, {}),
  };
  return { before, after, next, isCaughtUp };
}

/** Where a key stood elsewhere than its lane: before what is parked, beyond the position, before a timer that was not fired. */
function keyMarks(meta: KeyMeta, { lane, parked }: KeyToReset, marks: ReadonlyMap<number, LaneMarks>): SilenceMarks {
  const parkedFrom = new Map(parked.map((first) => [placeOf(first), first.offset]));
  const places = new Set([...Object.keys(meta.applied), ...parkedFrom.keys(), ...Object.keys(meta.silentBelow ?? {})]);
  const below = [...places].flatMap((place) => {
    // A lane that is not reset has no marks of its own: the key's records that lie there were applied, and may come again.
    const { before, after, next } = marks.get(partitionOf(place)) ?? notReset;
    const ofLane = after.silentBelow?.[place];
    if (ofLane === undefined && marks.has(partitionOf(place))) return [];
    const appliedTo = Math.max(next.get(place) ?? 0, (meta.applied[place] ?? -1) + 1);
    const ofKey = Math.max(silentBelowOf(before, meta, place), parkedFrom.get(place) ?? appliedTo);
    return ofKey === ofLane ? [] : [[place, ofKey] as const];
  });
  const home = marks.get(lane);
  const firstDueMs = Math.min(...meta.timers.map(({ dueAtMs }) => dueAtMs));
  const beforeMs = !home || home.isCaughtUp ? firstDueMs : silentBeforeMsOf(home.before, meta);
  return {
    ...(below.length > 0 && { silentBelow: Object.fromEntries(below) }),
    ...(beforeMs < (home?.after.silentBeforeMs ?? Number.NEGATIVE_INFINITY) && { silentBeforeMs: beforeMs }),
  };
}

const notReset: Omit<LaneMarks, "isCaughtUp"> = { before: {}, after: {}, next: new Map() };

/** What stays parked: records on wrong partitions, of lanes that are not reset. */
function elsewhere(meta: KeyMeta, { parked }: KeyToReset, marks: ReadonlyMap<number, LaneMarks>): Partial<KeyMeta> {
  const staying = parked.filter(({ partition }) => !marks.has(partition));
  if (staying.length === 0) return {};
  return {
    applied: Object.fromEntries(staying.map((first) => [placeOf(first), meta.applied[placeOf(first)] ?? first.offset])),
    parked: staying.reduce((sum, { events }) => sum + events, 0),
  };
}

const placeOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
const partitionOf = (place: string) => Number(place.slice(place.lastIndexOf("/") + 1));

/** The key under which a lane's own row is stored. */
export const laneRowKey = reservedKey;

/**
 * Reads from a lane's own row which output was published before a reset. Throws `store_format` as {@link resetRows}
 * does.
 */
export function silenceOfRow(own: StateRow): SilenceMarks {
  const { silentBelow, silentBeforeMs } = loadKeyState(own).meta;
  return { ...(silentBelow && { silentBelow }), ...(silentBeforeMs !== undefined && { silentBeforeMs }) };
}
