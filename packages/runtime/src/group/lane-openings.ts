import type { KeylineError } from "../errors.js";
import type { StartPosition } from "../ports/transport.js";
import type { LaneWorker, TakenLane } from "./lane-worker.js";

/** A worker that may begin, and where each partition of its lane starts. */
export interface OpenedLane {
  readonly worker: LaneWorker;
  readonly starts: readonly StartPosition[];
}

/** A lane that is being opened. */
export interface LaneOpening {
  readonly opened: Promise<OpenedLane>;
  /** Why it waits for its store; null while it does not. */
  waitsFor(): KeylineError | null;
}

/** `signal` fires when the lane is not wanted any more: it is taken away, or another one cannot be opened. */
export type OpenLane = (lane: TakenLane, signal: AbortSignal) => LaneOpening;

/** A lane that cannot be opened now. */
export interface WaitingLane extends TakenLane {
  readonly waitsFor: KeylineError;
}

/** The lanes that are being opened. */
export interface LaneOpenings {
  open(lane: TakenLane, signal: AbortSignal): Promise<OpenedLane>;
  /** Those whose store does not answer. */
  waiting(): readonly WaitingLane[];
}

/** Invariant: `openings` has each lane from its opening until that is settled. */
export function createLaneOpenings(openLane: OpenLane): LaneOpenings {
  const openings = new Set<TakenLane & LaneOpening>();
  return {
    async open(lane, signal) {
      const opening = { ...lane, ...openLane(lane, signal) };
      openings.add(opening);
      try {
        return await opening.opened;
      } finally {
        openings.delete(opening);
      }
    },
    waiting: () =>
      [...openings].flatMap(({ group, lane, partitions, waitsFor }) => {
        const reason = waitsFor();
        return reason ? [{ group, lane, partitions, waitsFor: reason }] : [];
      }),
  };
}
