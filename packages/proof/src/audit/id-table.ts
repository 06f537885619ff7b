import type { Hash64 } from "./hash.js";

/** An open-addressing table of plain numbers: no object for each id, nothing for the collector to look through. */
export interface IdTable {
  readonly slots: number;
  readonly highs: Uint32Array;
  readonly lows: Uint32Array;
  /** The number of a topic-partition, plus one; 0 in a free slot. */
  readonly places: Uint32Array;
  readonly offsets: Float64Array;
  used: number;
}

/** Bytes of one slot. */
export const slotBytes = 4 + 4 + 4 + 8;

/** A table of so many slots, a power of two. */
export function createIdTable(slots: number): IdTable {
  return {
    slots,
    highs: new Uint32Array(slots),
    lows: new Uint32Array(slots),
    places: new Uint32Array(slots),
    offsets: new Float64Array(slots),
    used: 0,
  };
}

/** The slot of an id: where it is, or the free one where it belongs. A table is never full. */
export function slotOf({ slots, highs, lows, places }: IdTable, { high, low }: Hash64): number {
  let slot = low & (slots - 1);
  while (places[slot] !== 0 && (highs[slot] !== high || lows[slot] !== low)) slot = (slot + 1) & (slots - 1);
  return slot;
}

/** Whether an id is in a slot. */
export const isTaken = ({ places }: IdTable, slot: number): boolean => places[slot] !== 0;

export function put(table: IdTable, slot: number, { high, low }: Hash64, place: number, offset: number): void {
  table.highs[slot] = high;
  table.lows[slot] = low;
  table.places[slot] = place + 1;
  table.offsets[slot] = offset;
  table.used += 1;
}

/** The same ids in a table of twice the size. */
export function grown(table: IdTable): IdTable {
  const larger = createIdTable(table.slots * 2);
  for (let slot = 0; slot < table.slots; slot += 1) {
    const place = table.places[slot] ?? 0;
    if (place === 0) continue;
    const hash = { high: table.highs[slot] ?? 0, low: table.lows[slot] ?? 0 };
    put(larger, slotOf(larger, hash), hash, place - 1, table.offsets[slot] ?? 0);
  }
  return larger;
}
