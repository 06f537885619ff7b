import type { RecordBatch, StartPosition, TopicPartition } from "@keyline/runtime/transport";
import { nameOf } from "../partitions.js";
import { toBatch } from "../records/convert.js";
import { hasMore } from "../records/fetch.js";
import type { FetchedPartition } from "../wire/fetch.js";

/** A partition that is fetched. */
export interface Fetched extends StartPosition {
  readonly paused: boolean;
  /** How often in a row a fetch brought nothing although there is more. */
  readonly empty: number;
}

/** The partitions that a member fetches, and how far it is in each. */
export interface FetchedPartitions {
  start(positions: readonly StartPosition[]): void;
  setPaused(partitions: readonly TopicPartition[], paused: boolean): void;
  /** Those that are not paused. */
  ready(): readonly Fetched[];
  get(partition: Partial<TopicPartition>): Fetched | undefined;
  /** Moves on behind what one fetch brought; returns what is to be handed over. */
  take(rows: readonly FetchedPartition[], asked: readonly StartPosition[]): readonly RecordBatch[];
  clear(): void;
}

/** After so many a partition is fetched alone, to tell a full answer from one that compaction has emptied. */
const emptyBeforeAlone = 3;

/** Which of a leader's partitions go with its next fetch. */
export function nextFetch(led: readonly Fetched[]): readonly StartPosition[] {
  const alone = led.find(({ empty }) => empty >= emptyBeforeAlone);
  return (alone ? [alone] : led).map(({ topic, partition, offset }) => ({ topic, partition, offset }));
}

type Mutable = { -readonly [Key in keyof Fetched]: Fetched[Key] };

/** Invariant: an offset lies behind all that was handed over of its partition, and never moves back. */
export function createFetchedPartitions(): FetchedPartitions {
  const partitions = new Map<string, Mutable>();

  return {
    start(positions) {
      for (const position of positions) partitions.set(nameOf(position), { ...position, paused: false, empty: 0 });
    },
    setPaused(some, paused) {
      for (const partition of some) {
        const fetched = partitions.get(nameOf(partition));
        if (fetched) fetched.paused = paused;
      }
    },
    ready: () => [...partitions.values()].filter(({ paused }) => !paused),
    get: ({ topic, partition }) => partitions.get(`${topic}/${partition}`),
    take(rows, asked) {
      const askedFor = new Map(asked.map((position) => [nameOf(position), position]));
      return rows.flatMap((row) => {
        const position = askedFor.get(nameOf(row));
        const fetched = partitions.get(nameOf(row));
        // Paused meanwhile: it is fetched again when it is resumed.
        if (row.error || !position || !fetched || fetched.paused || fetched.offset !== position.offset) return [];
        return moveOn(fetched, row, asked.length === 1) ?? [];
      });
    },
    clear: () => partitions.clear(),
  };
}

/** Moves on behind what was brought of a partition; null where nothing is to be handed over. */
function moveOn(fetched: Mutable, row: FetchedPartition, isAlone: boolean): RecordBatch | null {
  const { topic, partition, offset } = fetched;
  const batch = toBatch({ topic, partition }, offset, row);
  if (batch.nextOffset > offset) {
    fetched.empty = 0;
    fetched.offset = batch.nextOffset;
    return batch;
  }
  if (!hasMore(row, offset)) {
    fetched.empty = 0;
    return null;
  }
  fetched.empty += 1;
  if (!isAlone || fetched.empty <= emptyBeforeAlone) return null;
  fetched.empty = emptyBeforeAlone;
  fetched.offset = offset + 1;
  return { ...batch, nextOffset: fetched.offset };
}
