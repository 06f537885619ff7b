import type { RecordPosition } from "../hooks.js";
import { ownNumber } from "./own-number.js";

/** Up to where everything had been applied, and its output published, when a lane was reset; plain JSON. */
export interface SilenceMarks {
  /** By `<topic>/<partition>`: the output of events below this offset was published. */
  silentBelow?: Record<string, number>;
  /**
   * The output of timers that those events set and that were due before this time was published (milliseconds since
   * 1970).
   */
  silentBeforeMs?: number;
}

/** What of a key is applied without publishing what it emits. */
export interface KeySilence {
  coversEvent(at: RecordPosition): boolean;
  /** `causes`: the last is the event that set it. */
  coversTimer(timer: { readonly dueAtMs: number; readonly causes: readonly RecordPosition[] }): boolean;
}

/** What of a lane was applied and published before it was reset. */
export interface LaneSilence {
  /** Takes over the marks of the lane's own row. */
  load(ofLane: SilenceMarks): void;
  /** Null where nothing is silent. A key has marks of its own where it stood elsewhere than its lane. */
  of(key: SilenceMarks): KeySilence | null;
}

/**
 * Invariant: `lane` is what the lane's own row said when rows were last read, and that is before anything is applied under an
 * epoch. Only a reset changes it there, and a reset raises the epoch.
 */
export function createLaneSilence(): LaneSilence {
  let lane: SilenceMarks = {};
  return {
    load({ silentBelow, silentBeforeMs }) {
      lane = { ...(silentBelow && { silentBelow }), ...(silentBeforeMs !== undefined && { silentBeforeMs }) };
    },
    of: (key) => (hasMarks(lane) || hasMarks(key) ? silenceOf(lane, key) : null),
  };
}

const hasMarks = ({ silentBelow, silentBeforeMs }: SilenceMarks) =>
  silentBelow !== undefined || silentBeforeMs !== undefined;

function silenceOf(lane: SilenceMarks, key: SilenceMarks): KeySilence {
  const coversEvent = ({ topic, partition, offset }: RecordPosition) =>
    offset < silentBelowOf(lane, key, `${topic}/${partition}`);
  return {
    coversEvent,
    coversTimer({ dueAtMs, causes }) {
      const setBy = causes.at(-1);
      // What a new event sets was never fired, even if it is due at once.
      return dueAtMs < silentBeforeMsOf(lane, key) && setBy !== undefined && coversEvent(setBy);
    },
  };
}

/** The offset below which what the key's events emit was published. */
export const silentBelowOf = (lane: SilenceMarks, key: SilenceMarks, place: string): number =>
  ownNumber(key.silentBelow ?? {}, place) ?? ownNumber(lane.silentBelow ?? {}, place) ?? 0;

/** The instant before which what the key's timers emit was published. */
export const silentBeforeMsOf = (lane: SilenceMarks, key: SilenceMarks): number =>
  key.silentBeforeMs ?? lane.silentBeforeMs ?? Number.NEGATIVE_INFINITY;
