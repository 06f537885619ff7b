import type { RecordPosition, Transport } from "@keyline/runtime";
import { joinByCause, type LaneEvent, partitionOf, readLane } from "@keyline/runtime/tools";
import { studentsDomain, topics } from "@student-events/events";

/** Reads students' events; what was read lately is kept, and only what came since is read. */
export interface LaneReader {
  /** One student's events in order, none before its causes. */
  read(key: string, signal: AbortSignal): Promise<readonly LaneEvent[]>;
}

interface Kept {
  readonly byTopic: ReadonlyMap<string, readonly LaneEvent[]>;
  /** Everything below was read. */
  readonly readTo: readonly RecordPosition[];
  readonly wholeAtMs: number;
}

const keptForMs = 10 * 60_000;
const keptStudents = 20;
const dayMs = 86_400_000;

/** Reads what was stamped within the latest `daysBack` days; without them, all that the log holds. */
export function createLaneReader(options: {
  readonly transport: Transport;
  readonly daysBack: number | undefined;
  /** By the clock of the records' stamps (milliseconds since 1970). */
  readonly nowMs?: () => number;
}): LaneReader {
  const { transport, daysBack, nowMs = Date.now } = options;
  // Invariant: `kept` has for the students that were read last, the latest at the end, every event that lies below
  // `readTo`.
  const kept = new Map<string, Kept>();
  const addresses = Object.values(topics).map(({ address }) => address);

  /** The ends of the lane's logs now. */
  const ends = async (key: string): Promise<readonly RecordPosition[]> => {
    const places = [...(await transport.partitionCounts(addresses))].map(([topic, count]) => {
      return { topic, partition: partitionOf(studentsDomain.partitioner, Buffer.from(key), count) };
    });
    const ranges = await transport.logRanges(places);
    return places.map((place, index) => ({ ...place, offset: ranges[index]?.end ?? 0 }));
  };

  return {
    async read(key, signal) {
      const before = kept.get(key);
      const fresh = before !== undefined && nowMs() - before.wholeAtMs < keptForMs ? before : null;
      // Asked first: whatever lies below is surely read.
      const readTo = await ends(key);
      const since = daysBack === undefined ? {} : { sinceMs: nowMs() - daysBack * dayMs };
      const start = fresh ? { from: fresh.readTo } : since;
      const found = await readLane({ transport, topics, key, signal, ...start });
      const byTopic = merged(fresh?.byTopic ?? new Map(), found);
      kept.delete(key);
      kept.set(key, { byTopic, readTo, wholeAtMs: fresh?.wholeAtMs ?? nowMs() });
      for (const oldest of kept.keys()) {
        if (kept.size <= keptStudents) break;
        kept.delete(oldest);
      }
      return joinByCause([...byTopic.values()]);
    },
  };
}

function merged(
  before: ReadonlyMap<string, readonly LaneEvent[]>,
  found: readonly LaneEvent[],
): ReadonlyMap<string, readonly LaneEvent[]> {
  const all = new Map(before);
  for (const event of found) {
    const known = all.get(event.topic) ?? [];
    // What came while the first reading went on was read then, and lies above its ends.
    if (event.offset > (known.at(-1)?.offset ?? -1)) all.set(event.topic, [...known, event]);
  }
  return all;
}
