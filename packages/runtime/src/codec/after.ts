import type { RecordPosition } from "../hooks.js";

/** What a `keyline-after` header says. */
export interface After {
  /** At most one for a topic-partition: the highest. */
  readonly entries: readonly RecordPosition[];
  /** How many of its entries are not positions. */
  readonly malformed: number;
}

const nothing: After = { entries: [], malformed: 0 };
/** Kafka's topic names, partition numbers and offsets. */
const position = /^([a-zA-Z0-9._-]{1,249})\/(0|[1-9][0-9]{0,9})@(0|[1-9][0-9]{0,15})$/;

/**
 * Reads `<topic>/<partition>@<offset>, ...`. Never throws: entries that are not positions are counted and left out,
 * since any producer can write the header, and it must not stop a lane.
 */
export function parseAfter(text: string | null): After {
  if (text === null || text.trim() === "") return nothing;
  const entries: RecordPosition[] = [];
  let malformed = 0;
  for (const part of text.split(",")) {
    const entry = parsePosition(part.trim());
    if (entry) entries.push(entry);
    else malformed += 1;
  }
  return { entries: highest(entries), malformed };
}

/** Writes positions as `<topic>/<partition>@<offset>, ...`, the highest of each topic-partition; null for none. */
export function formatAfter(entries: readonly RecordPosition[]): string | null {
  if (entries.length === 0) return null;
  return highest(entries)
    .map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`)
    .join(", ");
}

/** A position, `<topic>/<partition>@<offset>`; null for any other text. */
export function parsePosition(text: string): RecordPosition | null {
  const [, topic, partition, offset] = position.exec(text) ?? [];
  if (topic === undefined) return null;
  const entry = { topic, partition: Number(partition), offset: Number(offset) };
  return entry.partition < 2 ** 31 && Number.isSafeInteger(entry.offset) ? entry : null;
}

/** One position for each topic-partition, in the order in which they first appear. */
function highest(entries: readonly RecordPosition[]): readonly RecordPosition[] {
  if (areOfDifferentPlaces(entries)) return entries;
  const found = new Map<string, RecordPosition>();
  for (const entry of entries) {
    const name = `${entry.topic}/${entry.partition}`;
    const known = found.get(name);
    if (!known || known.offset < entry.offset) found.set(name, entry);
  }
  return [...found.values()];
}

/** A header names each topic of a domain once at most: those few are seen to differ without a map of names. */
const few = 16;

function areOfDifferentPlaces(entries: readonly RecordPosition[]): boolean {
  if (entries.length > few) return false;
  for (const [index, one] of entries.entries()) {
    for (let other = index + 1; other < entries.length; other += 1) {
      if (entries[other]?.topic === one.topic && entries[other]?.partition === one.partition) return false;
    }
  }
  return true;
}
