import type { Transport } from "@keyline/runtime";
import type { ConsumerRecord } from "@keyline/runtime/transport";
import type { ScanRange } from "../scan/plan.js";
import { scan } from "../scan/scan.js";
import { isMarker, markerOf } from "./letter.js";

/** How many records of dead-letter topics wait for an operator, by topic: markers do not count, nor what they settle. */
export async function countWaiting(
  transport: Transport,
  ranges: readonly ScanRange[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const settled = new Set<string>();
  const starts = new Map(ranges.map(({ topic, partition, from }) => [`${topic}/${partition}`, from]));
  const add = (topic: string, change: number) => void counts.set(topic, (counts.get(topic) ?? 0) + change);
  const take = (record: ConsumerRecord) => {
    const { topic, partition } = record;
    if (!isMarker(record)) return add(topic, 1);
    const marker = markerOf(record);
    const place = `${topic}/${partition}@${marker?.offset}`;
    const isThere = marker && marker.offset >= (starts.get(`${topic}/${partition}`) ?? 0);
    if (!isThere || marker.offset >= record.offset || settled.has(place)) return;
    settled.add(place);
    add(topic, -1);
  };
  const { uncovered } = await scan(transport, ranges, { batch: ({ records }) => records.forEach(take) });
  // What could not be read waits, as far as is known.
  for (const { topic, from, to } of uncovered) add(topic, to - from);
  return counts;
}
