import type { PartitionLog } from "../lane/partition-log.js";
import type { ClockFiring, LaneChanges } from "../ports/store.js";
import { type Batch, finishingOf, outboxRows, parkedRows } from "./batch.js";
import { nextDueMs } from "./key-state.js";
import type { LanePositions } from "./positions.js";

/** What one transaction of a lane writes for a batch. */
export function laneChanges(options: {
  readonly batch: Batch;
  readonly positions: LanePositions;
  readonly logs: readonly PartitionLog[];
  /** The number of the first event that is added to the outbox, and of the first that is parked. */
  readonly first: { readonly outbox: number; readonly parked: number };
  /** The lane that fires a key's timers. */
  homeOf(key: string): number;
}): LaneChanges {
  const { batch, positions, logs, first, homeOf } = options;
  const moved = positions.changes(logs, finishingOf(batch));
  const next = new Map(logs.map((log) => [placeName(log), positions.next(log)]));
  for (const position of moved) next.set(placeName(position), position.next);
  return {
    positions: moved,
    states: [...batch.changed.values()].map((row) => ({
      key: row.key,
      version: row.version,
      state: row.state,
      meta: row.meta,
      lane: homeOf(row.key),
      dueAtMs: nextDueMs(row),
    })),
    outboxAdded: outboxRows(batch, first.outbox),
    outboxRemoved: [],
    parkedAdded: parkedRows(batch, first.parked),
    parkedRemoved: [],
    commands: [],
    firings: batch.fired.map((fired) => firingOf(fired, logs, next)),
  };
}

/** Timers fire only of keys of which nothing waits: what is beyond the lane's position is known by the key's own offsets. */
function firingOf(
  { row, beforeMs, timers }: Batch["fired"][number],
  logs: readonly PartitionLog[],
  next: ReadonlyMap<string, number>,
): ClockFiring {
  return {
    key: row.key,
    beforeMs,
    timers: timers.map(({ name, dueAtMs }) => ({ name, dueAtMs })),
    below: logs.map(({ topic, partition }) => {
      const place = placeName({ topic, partition });
      const own = Object.hasOwn(row.meta.applied, place) ? (row.meta.applied[place] ?? -1) + 1 : 0;
      return { topic, partition, offset: Math.max(next.get(place) ?? 0, own) };
    }),
  };
}

const placeName = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  `${topic}/${partition}`;
