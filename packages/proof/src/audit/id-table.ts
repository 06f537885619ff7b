import type { Hash64 } from "./hash.js";

/** An open-addressing table of plain numbers: no object for each id, nothing for the collector to look through. */
export interface IdTable {
  readonly slots: number;
  readonly highs: Uint32Array;
  readonly lows: Uint32Array;
  /** Numbers of a topic-partition, plus one, and of a producer in one: 0 in a free slot. */
  readonly owners: Uint32Array;
  readonly offsets: Float64Array;
  /** The lower half of the milliseconds: enough to tell which of two moments within three weeks came first. */
  readonly stamps: Uint32Array;
  used: number;
}

/** Bytes of one slot. */
export const slotBytes = 4 + 4 + 4 + 8 + 4;

/** A table of so many slots, a power of two. */
export function createIdTable(slots: number): IdTable {
  return {
    slots,
    highs: new Uint32Array(slots),
    lows: new Uint32Array(slots),
    owners: new Uint32Array(slots),
    offsets: new Float64Array(slots),
    stamps: new Uint32Array(slots),
    used: 0,
  };
}

/** The slot of an id: where it is, or the free one where it belongs. A table is never full. */
export function slotOf({ slots, highs, lows, owners }: IdTable, { high, low }: Hash64): number {
  let slot = low & (slots - 1);
  while (owners[slot] !== 0 && (highs[slot] !== high || lows[slot] !== low)) slot = (slot + 1) & (slots - 1);
  return slot;
}

/** Whether an id is in a slot. */
export const isTaken = ({ owners }: IdTable, slot: number): boolean => owners[slot] !== 0;

/** Where an id was seen. */
export interface Entry {
  /** The number of its topic-partition, below 2^20. */
  readonly place: number;
  /** The number of its producer, below 2^12. */
  readonly producer: number;
  readonly offset: number;
  readonly stamp: number;
}

const producerBits = 12;

/** Writes an entry into a slot, over another one of the same id if there is one. */
export function put(table: IdTable, slot: number, { high, low }: Hash64, entry: Entry): void {
  if (!isTaken(table, slot)) table.used += 1;
  table.highs[slot] = high;
  table.lows[slot] = low;
  table.owners[slot] = ((entry.place + 1) << producerBits) | entry.producer;
  table.offsets[slot] = entry.offset;
  table.stamps[slot] = entry.stamp;
}

export function entryAt(table: IdTable, slot: number): Entry {
  const owner = table.owners[slot] ?? 0;
  return {
    place: (owner >>> producerBits) - 1,
    producer: owner & ((1 << producerBits) - 1),
    offset: table.offsets[slot] ?? 0,
    stamp: table.stamps[slot] ?? 0,
  };
}

/** The same ids in a table of twice the size. */
export function grown(table: IdTable): IdTable {
  const larger = createIdTable(table.slots * 2);
  for (let slot = 0; slot < table.slots; slot += 1) {
    if (!isTaken(table, slot)) continue;
    const hash = { high: table.highs[slot] ?? 0, low: table.lows[slot] ?? 0 };
    put(larger, slotOf(larger, hash), hash, entryAt(table, slot));
  }
  return larger;
}
