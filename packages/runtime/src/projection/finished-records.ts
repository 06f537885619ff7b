import type { StoredPosition } from "../ports/store.js";
import type { ConsumerRecord } from "../ports/transport.js";
import { fingerprintOf } from "./fingerprint.js";

/** The records of one log that are finished above a position, as far as a later position may have to name one. */
export interface FinishedRecords {
  /** `unfinished`: the offsets of the log that are not finished, in order; the record's own may still be among them. */
  add(record: ConsumerRecord, unfinished: ReadonlySet<number>): void;
  /** The last one below an offset that is not finished, or below the end of what was received. */
  lastBelow(offset: number): StoredPosition["last"];
  /** Those below a position are not asked for any more. */
  forget(below: number): void;
  /** How many are kept. */
  size(): number;
}

/** So few are not thinned out. */
const fewest = 1000;

/**
 * A position moves to the first offset that is not finished, or behind the last one, and names the record before it. So of the
 * finished records between two unfinished ones the last is enough: while a key backs off for long, memory grows with the
 * events that wait behind it, not with all that are finished meanwhile.
 *
 * Invariant: `kept` has the fingerprint of the last finished record before each unfinished one, and of the last of all, unless they
 * were forgotten. It is thinned out to these when it has `thinAt`, which is at most twice what the last thinning left, or `fewest`.
 */
export function createFinishedRecords(): FinishedRecords {
  const kept = new Map<number, string>();
  let thinAt = fewest;

  return {
    add(record, unfinished) {
      if (kept.size >= thinAt) {
        thinOut(kept, unfinished);
        thinAt = Math.max(fewest, 2 * kept.size);
      }
      kept.set(record.offset, fingerprintOf(record));
    },
    lastBelow(next) {
      let offset = -1;
      for (const finishedAt of kept.keys()) if (finishedAt < next && finishedAt > offset) offset = finishedAt;
      const fingerprint = kept.get(offset);
      return fingerprint === undefined ? null : { offset, fingerprint };
    },
    forget(below) {
      for (const offset of kept.keys()) if (offset < below) kept.delete(offset);
    },
    size: () => kept.size,
  };
}

/** Keeps the last offset before each unfinished one, and the last of all. */
function thinOut(kept: Map<number, string>, unfinished: ReadonlySet<number>): void {
  const gaps = unfinished.values();
  let gap = gaps.next();
  let before: number | null = null;
  for (const offset of [...kept.keys()].sort((a, b) => a - b)) {
    let isFirstOfRun = false;
    while (!gap.done && gap.value < offset) {
      isFirstOfRun = true;
      gap = gaps.next();
    }
    if (before !== null && !isFirstOfRun) kept.delete(before);
    before = offset;
  }
}
