import type { RecordPosition, Transport } from "@keyline/runtime";
import { deadLetterTopic } from "@keyline/runtime/tools";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import { planScan } from "../scan/plan.js";
import { scan } from "../scan/scan.js";
import { keyTextOf, type Letter, letterOf, type Marker, markerOf } from "./letter.js";

/** Which letters to read; default all. */
export interface LetterFilter {
  /** Addresses of source topics. */
  readonly topics: readonly string[];
  readonly key?: string | undefined;
  readonly code?: string | undefined;
  readonly group?: string | undefined;
  /** Written at or after this time (milliseconds since 1970). */
  readonly sinceMs?: number | undefined;
  /** The maximum number, oldest first. */
  readonly limit: number;
  /** Whether settled letters are included. Default false. */
  readonly withSettled?: boolean;
}

/** The result of reading dead letters. */
export interface FoundLetters {
  /** In order of partition and offset. */
  readonly letters: readonly Letter[];
  /** The number of further letters that match, beyond the limit. */
  readonly leftOut: number;
  /** The groups of all letters that were read, also of those that do not match or are settled; by name. */
  readonly groups: readonly string[];
  /** The number of records of each topic that Keyline did not write: nothing is known about them. */
  readonly foreign: ReadonlyMap<string, number>;
  /** What could not be read, and why. */
  readonly notRead: readonly { readonly what: string; readonly reason: string }[];
  /** Dead-letter topics that the cluster does not have. */
  readonly missing: readonly string[];
}

/**
 * Reads dead letters, without their values. Rejects if no broker answers; other parts that cannot be read are in
 * `notRead`. A marker comes after its letter, so each partition is read to its end before any of its letters counts.
 */
export async function readLetters(
  transport: Transport,
  filter: LetterFilter,
  signal?: AbortSignal,
): Promise<FoundLetters> {
  const plan = await planScan(transport, { topics: filter.topics.map(deadLetterTopic), sinceMs: filter.sinceMs });
  const found: Letter[] = [];
  const markers = new Map<string, Marker[]>();
  const groups = new Set<string>();
  const foreign = new Map<string, number>();
  const take = (record: ConsumerRecord) => {
    const marker = markerOf(record);
    if (marker) {
      const place = placeOf({ ...record, offset: marker.offset });
      return void markers.set(place, [...(markers.get(place) ?? []), marker]);
    }
    const letter = letterOf(record);
    if (!letter) return void foreign.set(record.topic, (foreign.get(record.topic) ?? 0) + 1);
    groups.add(letter.group);
    if (matches(letter, filter)) found.push(letter);
  };
  const { uncovered } = await scan(transport, plan.ranges, {
    batch: ({ records }) => records.forEach(take),
    signal,
  });
  const all = found
    .map((letter) => {
      const [settled = null, ...settledAgain] = markers.get(placeOf(letter.at)) ?? [];
      return { ...letter, settled, settledAgain };
    })
    .filter((letter) => filter.withSettled === true || letter.settled === null)
    .sort(byTime);
  return {
    letters: all.slice(0, filter.limit).sort(byPlace),
    leftOut: Math.max(0, all.length - filter.limit),
    groups: [...groups].sort(),
    foreign,
    notRead: [
      ...uncovered.map(({ topic, partition, reason }) => ({ what: `${topic}/${partition}`, reason })),
      ...plan.refused.map(({ topic, reason }) => ({ what: topic, reason })),
    ],
    missing: plan.missing,
  };
}

function matches(letter: Letter, { key, code, group, sinceMs }: LetterFilter): boolean {
  return (
    (key === undefined || keyTextOf(letter) === key) &&
    (code === undefined || letter.code === code) &&
    (group === undefined || letter.group === group) &&
    (sinceMs === undefined || letter.lastAtMs >= sinceMs)
  );
}

const placeOf = ({ topic, partition, offset }: RecordPosition) => `${topic}/${partition}@${offset}`;

const byTime = (one: Letter, other: Letter) => one.lastAtMs - other.lastAtMs || byPlace(one, other);

const byPlace = ({ at: one }: Letter, { at: other }: Letter) =>
  one.topic === other.topic
    ? one.partition - other.partition || one.offset - other.offset
    : one.topic < other.topic
      ? -1
      : 1;
