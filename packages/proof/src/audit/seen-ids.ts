import type { RecordPosition } from "@keyline/runtime";
import { type Hash64, hashText } from "./hash.js";
import { createIdTable, grown, type IdTable, isTaken, put, slotBytes, slotOf } from "./id-table.js";

/** Remembers the ids of the latest events. */
export interface SeenIds {
  /**
   * Remembers the id. Where it was seen before, among the latest `window` events at least (twice as many at most);
   * null where it was not.
   */
  add(id: string, place: RecordPosition): RecordPosition | null;
}

const smallest = 1 << 12;

/** The bytes that {@link createSeenIds} takes at most: two tables that are never more than half full. */
export const seenIdsBytes = (window: number): number =>
  2 * 2 ** Math.ceil(Math.log2(Math.max(window * 2, smallest))) * slotBytes;

/**
 * Ids are kept as 64-bit hashes: of a thousand million events two are taken for the same once in ten thousand audits.
 * When the newer table holds `window` ids, the older one is dropped and it takes its place.
 */
export function createSeenIds(window: number): SeenIds {
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

  const positionAt = (table: IdTable, slot: number): RecordPosition => {
    const place = places[(table.places[slot] ?? 1) - 1] ?? { topic: "", partition: 0 };
    return { ...place, offset: table.offsets[slot] ?? 0 };
  };

  return {
    add(id, place) {
      hashText(id, hash);
      const known = slotOf(newer, hash);
      if (isTaken(newer, known)) return positionAt(newer, known);
      const before = older === null ? null : { table: older, slot: slotOf(older, hash) };
      if (newer.used >= window) {
        older = newer;
        newer = createIdTable(smallest);
      } else if (newer.used * 2 >= newer.slots) {
        newer = grown(newer);
      }
      put(newer, slotOf(newer, hash), hash, numberOf(place), place.offset);
      return before !== null && isTaken(before.table, before.slot) ? positionAt(before.table, before.slot) : null;
    },
  };
}
