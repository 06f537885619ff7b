import type { KeylineError } from "../errors.js";
import type { RecordPosition, SequenceIgnored } from "../hooks.js";
import type { Arrival } from "../lane/arrival.js";
import type { PartitionLog } from "../lane/partition-log.js";
import type { Work } from "../lane/work.js";
import type { OutboxRow, ParkedRow } from "../ports/store.js";
import type { ConsumerRecord } from "../ports/transport.js";
import type { StoredEvent } from "../producer/stored-event.js";
import type { KeyState, StoredTimer } from "./key-state.js";
import type { IgnoreReason } from "./known-events.js";
import type { ParkedEvent } from "./parked.js";
import type { StoredLetter } from "./stored-letter.js";

/** One thing that a transaction applies: an event, a dead letter, or the timers of a key. */
export interface BatchEntry {
  readonly key: string;
  /** Null for timers. */
  readonly work: Work<Arrival> | null;
  readonly ignored: IgnoreReason | null;
  readonly outgoing: readonly (StoredEvent | StoredLetter)[];
  /** Why the event goes to the dead letters; null where it does not. */
  readonly refused: KeylineError | null;
  /** An integer of its payload lost digits when it was read. */
  readonly isRounded?: boolean;
  /** How the event is parked; absent where it is not. */
  readonly parked?: ParkedEvent;
  /** Timers that fired, and up to when: before the event where there is one. */
  readonly fired?: { readonly beforeMs: number; readonly timers: readonly StoredTimer[] };
  /** Refused events of the key that are noted no longer: there are too many. */
  readonly forgotten?: readonly RecordPosition[];
  /** The event's `keyline-seq` is not noted. */
  readonly unnumbered?: SequenceIgnored | null;
}

/** What one transaction of a lane will write. */
export interface Batch {
  entries: BatchEntry[];
  /** Keys whose rows change. */
  readonly changed: Map<string, KeyState>;
  /** What the wall clock fired. */
  readonly fired: { readonly row: KeyState; readonly beforeMs: number; readonly timers: readonly StoredTimer[] }[];
  /** Its one entry was condemned: nothing else goes with it. */
  alone: boolean;
}

export const emptyBatch = (): Batch => ({ entries: [], changed: new Map(), fired: [], alone: false });

/** Whether the entry changes its key's state: not where it is ignored, parked or goes to the dead letters. */
export const isApplied = ({ ignored, refused, parked }: BatchEntry): boolean => !ignored && !refused && !parked;

export const worksOf = (batch: Batch): Work<Arrival>[] => batch.entries.flatMap(({ work }) => work ?? []);

/** A record that a transaction finishes, and the log that it lies in. */
export interface Finishing {
  readonly record: ConsumerRecord;
  readonly log: PartitionLog;
}

/** The records that the batch finishes. */
export const finishingOf = (batch: Batch): Finishing[] =>
  worksOf(batch).map(({ item, log }) => ({ record: item.record, log }));

/** Takes everything of a key out of the batch again; gives back its works. */
export function withdraw(batch: Batch, key: string): Work<Arrival>[] {
  const works = batch.entries.flatMap((entry) => (entry.key === key && entry.work ? [entry.work] : []));
  batch.entries = batch.entries.filter((entry) => entry.key !== key);
  batch.changed.delete(key);
  return works;
}

/** Rows for the outbox, numbered on from `firstSeq`, in the order in which they were emitted. */
export function outboxRows(batch: Batch, firstSeq: number): OutboxRow[] {
  return batch.entries
    .flatMap(({ key, outgoing }) => outgoing.map((record) => ({ key, record })))
    .map((row, index) => ({ seq: firstSeq + index, ...row }));
}

/** Rows for the parked events, numbered on from `firstSeq`, in the order in which they were parked. */
export function parkedRows(batch: Batch, firstSeq: number): ParkedRow[] {
  return batch.entries
    .flatMap(({ key, work, parked }) => (work && parked ? [{ key, work, parked }] : []))
    .map(({ key, work, parked }, index) => {
      const { topic, partition, offset } = work;
      return { seq: firstSeq + index, key, topic, partition, offset, record: parked };
    });
}

/** Where a position stands once the works are finished: below the first offset that is neither. */
export function finishedWith(log: PartitionLog, finishing: ReadonlySet<number>): number {
  for (const offset of log.unfinished) if (!finishing.has(offset)) return offset;
  return log.next;
}
