import { KeylineError } from "../errors.js";
import type { RecordPosition } from "../hooks.js";
import type { PartitionLog } from "../lane/partition-log.js";
import type { LaneChanges, StoredPosition } from "../ports/store.js";
import type { ConsumerRecord, TopicPartition } from "../ports/transport.js";
import { finishedWith } from "./batch.js";
import { fingerprintOf } from "./fingerprint.js";

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
  changes(logs: Iterable<PartitionLog>, finishing: readonly ConsumerRecord[]): LaneChanges["positions"];
  /** The changes are written. */
  moved(changes: LaneChanges["positions"]): void;
  /** The changes were rolled back: these records are not finished after all. */
  rolledBack(records: readonly RecordPosition[]): void;
}

interface Own {
  stored: StoredPosition | undefined;
  /**
   * What is finished at or above the stored position; the last one below the next is stored. A record that positions do not
   * move over at once is its fingerprint alone: a key that waits for long must not keep what came behind it in memory.
   */
  readonly finished: Map<number, ConsumerRecord | string>;
}

/**
 * Invariant: `stored` is what the store had when this owner last wrote or loaded it, so it is what a compare-and-set
 * names; `finished` holds no record below it. What is in no transaction yet is not here, so a roll back removes it again.
 */
export function createLanePositions(): LanePositions {
  const positions = new Map<string, Own>();
  const nameOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;

  const ownOf = (partition: TopicPartition): Own => {
    const known = positions.get(nameOf(partition));
    if (known) return known;
    const made: Own = { stored: undefined, finished: new Map() };
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
        `the store's position of ${name} went back from ${kept} to ${next}: it was restored under a running app: start the app again`,
      );
    }
  };

  return {
    load(stored) {
      checkReach(stored);
      positions.clear();
      for (const position of stored) positions.set(nameOf(position), { stored: position, finished: new Map() });
    },
    next: (partition) => ownOf(partition).stored?.next ?? 0,
    stored: (partition) => ownOf(partition).stored,
    areMissing: (logs) => [...logs].some((log) => ownOf(log).stored === undefined),
    changes(logs, finishing) {
      const offsets = new Map<string, Set<number>>();
      for (const record of finishing) {
        ownOf(record).finished.set(record.offset, record);
        const name = nameOf(record);
        offsets.set(name, (offsets.get(name) ?? new Set()).add(record.offset));
      }
      return [...logs].flatMap((log) => {
        const own = ownOf(log);
        const next = finishedWith(log, offsets.get(nameOf(log)) ?? new Set());
        const from = own.stored?.next ?? null;
        keepFingerprints(own, next);
        // Another owner may have gone further than this one has fetched: a position never moves back.
        if (from !== null && next <= from) return [];
        return [{ topic: log.topic, partition: log.partition, from, next, last: lastBelow(own, next) }];
      });
    },
    moved(changes) {
      for (const { from: _, ...stored } of changes) {
        const own = ownOf(stored);
        own.stored = stored;
        for (const offset of own.finished.keys()) if (offset < stored.next) own.finished.delete(offset);
      }
    },
    rolledBack(records) {
      for (const record of records) ownOf(record).finished.delete(record.offset);
    },
  };
}

/** The last record below an offset that is finished: what the next owner knows the log by. */
function lastBelow({ stored, finished }: Own, next: number): StoredPosition["last"] {
  let offset = -1;
  for (const finishedAt of finished.keys()) if (finishedAt < next && finishedAt > offset) offset = finishedAt;
  const last = finished.get(offset);
  if (last === undefined) return stored?.last ?? null;
  return { offset, fingerprint: typeof last === "string" ? last : fingerprintOf(last) };
}

/** Of what positions do not move over yet, fingerprints are enough. */
function keepFingerprints({ finished }: Own, next: number): void {
  for (const [offset, record] of finished) {
    if (offset >= next && typeof record !== "string") finished.set(offset, fingerprintOf(record));
  }
}
