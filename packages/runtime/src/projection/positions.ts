import { KeylineError } from "../errors.js";
import type { PartitionLog } from "../lane/partition-log.js";
import type { LaneChanges, StoredPosition } from "../ports/store.js";
import type { ConsumerRecord, TopicPartition } from "../ports/transport.js";
import { type Finishing, finishedWith } from "./batch.js";
import { fingerprintOf } from "./fingerprint.js";
import { createFinishedRecords, type FinishedRecords } from "./finished-records.js";

/** How far a lane's owner has applied its partitions, as the store has it. */
export interface LanePositions {
  /**
   * Takes over what the store says. Throws `log_replaced` when it went back below what this owner has finished: that
   * cannot be caught up with from memory.
   */
  load(stored: readonly StoredPosition[]): void;
  /** The next offset that the store knows of; 0 before the first write. */
  next(partition: TopicPartition): number;
  stored(partition: TopicPartition): StoredPosition | undefined;
  /** Whether the store has no position yet of some of the logs: where their owner began is to be stored, even if it is 0. */
  areMissing(logs: Iterable<PartitionLog>): boolean;
  /** How the positions move once these records are finished. */
  changes(logs: Iterable<PartitionLog>, finishing: readonly Finishing[]): LaneChanges["positions"];
  /** The changes are written, and these records are finished, each of its log. */
  moved(changes: LaneChanges["positions"], finished: readonly Finishing[]): void;
}

interface Own {
  stored: StoredPosition | undefined;
  /** At or above the stored position. */
  readonly finished: FinishedRecords;
}

/**
 * Invariant: `stored` is what the store had when this owner last wrote or loaded it, so it is what a compare-and-set
 * names; `finished` holds no record below it, and none that is not written: a roll back has nothing to take back.
 */
export function createLanePositions(): LanePositions {
  const positions = new Map<string, Own>();
  const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

  const ownOf = (partition: TopicPartition): Own => {
    const known = positions.get(nameOf(partition));
    if (known) return known;
    const made: Own = { stored: undefined, finished: createFinishedRecords() };
    positions.set(nameOf(partition), made);
    return made;
  };

  const checkReach = (stored: readonly StoredPosition[]) => {
    const found = new Map(stored.map((position) => [nameOf(position), position.next]));
    for (const [name, own] of positions) {
      const [kept, next] = [own.stored?.next ?? 0, found.get(name) ?? 0];
      if (next >= kept) continue;
      throw new KeylineError(
        "log_replaced",
        `the store's position of ${name} went back from ${kept} to ${next}: it was restored while the app ran: restart the app`,
      );
    }
  };

  return {
    load(stored) {
      checkReach(stored);
      positions.clear();
      for (const position of stored) ownOf(position).stored = position;
    },
    next: (partition) => ownOf(partition).stored?.next ?? 0,
    stored: (partition) => ownOf(partition).stored,
    areMissing: (logs) => [...logs].some((log) => ownOf(log).stored === undefined),
    changes(logs, finishing) {
      const byLog = Map.groupBy(finishing, ({ log }) => log);
      return [...logs].flatMap((log) => {
        const own = ownOf(log);
        const records = (byLog.get(log) ?? []).map(({ record }) => record);
        const next = finishedWith(log, new Set(records.map(({ offset }) => offset)));
        const from = own.stored?.next ?? null;
        // Another owner may have gone further than this one has fetched: a position never moves back.
        if (from !== null && next <= from) return [];
        return [{ topic: log.topic, partition: log.partition, from, next, last: lastBelow(own, records, next) }];
      });
    },
    moved(changes, finished) {
      for (const { from: _, ...stored } of changes) {
        const own = ownOf(stored);
        own.stored = stored;
        own.finished.forget(stored.next);
      }
      for (const { record, log } of finished) {
        const own = ownOf(record);
        if (record.offset >= (own.stored?.next ?? 0)) own.finished.add(record, log.unfinished);
      }
    },
  };
}

/** The last record below an offset that is finished: what the next owner knows the log by. */
function lastBelow(
  { stored, finished }: Own,
  finishing: readonly ConsumerRecord[],
  next: number,
): StoredPosition["last"] {
  const last = finished.lastBelow(next) ?? stored?.last ?? null;
  const newest = finishing.reduce<ConsumerRecord | null>(
    (found, record) => (record.offset < next && record.offset > (found?.offset ?? -1) ? record : found),
    null,
  );
  if (newest === null || newest.offset < (last?.offset ?? -1)) return last;
  return { offset: newest.offset, fingerprint: fingerprintOf(newest) };
}
