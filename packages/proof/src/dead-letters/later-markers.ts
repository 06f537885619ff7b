import type { RecordPosition, Transport } from "@keyline/runtime";
import { scanPartition } from "@keyline/runtime/tools";
import { type Marker, markerOf } from "./letter.js";

/** Reads the markers of letters again and again, each time as far as the log goes by then. */
export interface LaterMarkers {
  /** The first marker of a letter; null if it waits. Rejects if no broker answers. */
  of(at: RecordPosition): Promise<Marker | null>;
}

/**
 * Opens the markers of letters that waited when they were read. The first question about a partition reads it from the
 * first of these letters, later ones what was written since.
 *
 * Invariant: `nexts` has the next offset to read for each partition of a letter; `found` has the first marker of each
 * letter among the records before it.
 */
export function openLaterMarkers(transport: Transport, letters: readonly RecordPosition[]): LaterMarkers {
  const nexts = new Map<string, number>();
  const found = new Map<string, Marker>();
  for (const at of letters)
    nexts.set(placeOf(at), Math.min(nexts.get(placeOf(at)) ?? Number.POSITIVE_INFINITY, at.offset + 1));

  const readOn = async (at: RecordPosition) => {
    const { topic, partition } = at;
    // Records behind an open transaction cannot be read, and are not waited for.
    const [to = 0] = await transport.stableEnds([{ topic, partition }]);
    const from = nexts.get(placeOf(at)) ?? at.offset + 1;
    for await (const records of scanPartition(transport, { topic, partition, from, to })) {
      for (const marker of records.flatMap((record) => markerOf(record) ?? [])) {
        const letter = letterOf(at, marker.offset);
        if (!found.has(letter)) found.set(letter, marker);
      }
    }
    nexts.set(placeOf(at), Math.max(from, to));
  };

  return {
    async of(at) {
      await readOn(at);
      return found.get(letterOf(at, at.offset)) ?? null;
    },
  };
}

const placeOf = ({ topic, partition }: RecordPosition) => `${topic}/${partition}`;
const letterOf = (at: RecordPosition, offset: number) => `${placeOf(at)}@${offset}`;
