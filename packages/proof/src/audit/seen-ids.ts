import type { RecordPosition } from "@keyline/runtime";
import { type Hash64, hashText } from "./hash.js";
import {
  createIdTable,
  type Entry,
  entryAt,
  grown,
  type IdTable,
  isTaken,
  put,
  slotBytes,
  slotOf,
} from "./id-table.js";

/** Where and when an id was seen. */
export interface Sighting extends RecordPosition {
  readonly timestampMs: number;
  /** A number of the producer, below 4096. */
  readonly producer: number;
}

/** An id that is in the log twice. Within one partition the lower offset is the first, else the earlier stamp. */
export interface SeenTwice {
  readonly first: Sighting;
  readonly second: Sighting;
}

/** Remembers the ids of the latest events. */
export interface SeenIds {
  /**
   * Remembers the id, with its first place. Tells both where it was seen before, among the latest `window` events at least
   * (twice as many at most); null where it was not.
   */
  add(id: string, sighting: Sighting): SeenTwice | null;
}

const smallest = 1 << 12;

/** The bytes that {@link createSeenIds} takes at most: two tables that are never more than half full. */
export const seenIdsBytes = (window: number): number =>
  2 * 2 ** Math.ceil(Math.log2(Math.max(window * 2, smallest))) * slotBytes;

/**
 * Ids are kept as 64-bit hashes: among a thousand million events and with the default window,
 * two are taken for the same once in ten thousand audits.
 * When the newer table holds `window` ids, it replaces the older one, which is dropped.
 */
export function createSeenIds(window: number): SeenIds {
  // Invariant: the two tables hold the latest `window` ids at least, each with its first place; `numbers` leads
  // from each partition to its place in `places`, and `last` is the one that came last.
  const places: { readonly topic: string; readonly partition: number }[] = [];
  const numbers = new Map<string, number>();
  const hash: Hash64 = { high: 0, low: 0 };
  let newer = createIdTable(smallest);
  let older: IdTable | null = null;
  let last = { topic: "", partition: -1, number: -1 };

  const numberOf = ({ topic, partition }: RecordPosition): number => {
    // Records come a batch of one partition at a time.
    if (last.topic === topic && last.partition === partition) return last.number;
    const name = `${topic}/${partition}`;
    const number = numbers.get(name) ?? places.push({ topic, partition }) - 1;
    numbers.set(name, number);
    last = { topic, partition, number };
    return number;
  };

  /** What an entry says, beside one that is known whole. */
  const sightingOf = ({ place, producer, offset, stamp }: Entry, beside: Sighting): Sighting => ({
    ...(places[place] ?? { topic: "", partition: 0 }),
    ...{ offset, producer, timestampMs: beside.timestampMs - laterBy(stampOf(beside), stamp) },
  });

  const entryOf = (sighting: Sighting): Entry => ({
    ...{ place: numberOf(sighting), producer: sighting.producer },
    ...{ offset: sighting.offset, stamp: stampOf(sighting) },
  });

  /** The entry of the hash; null where there is none. */
  const find = (table: IdTable | null): Entry | null => {
    if (table === null) return null;
    const slot = slotOf(table, hash);
    return isTaken(table, slot) ? entryAt(table, slot) : null;
  };

  const remember = (entry: Entry) => {
    if (!isTaken(newer, slotOf(newer, hash))) {
      if (newer.used >= window) {
        older = newer;
        newer = createIdTable(smallest);
      } else if (newer.used * 2 >= newer.slots) {
        newer = grown(newer);
      }
    }
    put(newer, slotOf(newer, hash), hash, entry);
  };

  return {
    add(id, sighting) {
      hashText(id, hash);
      const entry = entryOf(sighting);
      const known = find(newer) ?? find(older);
      if (known === null) {
        remember(entry);
        return null;
      }
      const isFirst = comesBefore(entry, known);
      remember(isFirst ? entry : known);
      const other = sightingOf(known, sighting);
      return isFirst ? { first: sighting, second: other } : { first: other, second: sighting };
    },
  };
}

const stampOf = ({ timestampMs }: Sighting): number => timestampMs >>> 0;

/** Milliseconds between two stamps. */
const laterBy = (later: number, earlier: number): number => (later - earlier) | 0;

function comesBefore(one: Entry, other: Entry): boolean {
  return one.place === other.place ? one.offset < other.offset : laterBy(other.stamp, one.stamp) > 0;
}
