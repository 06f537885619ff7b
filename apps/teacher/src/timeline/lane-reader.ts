import { joinByCause, type LaneEvent, readLane, type Transport } from "@keyline/runtime";
import { topics } from "@student-events/events";

/** Reads students' events; what was read lately is kept, and only what came since is read. */
export interface LaneReader {
  /** One student's events in order, none before its causes. */
  read(key: string, signal: AbortSignal): Promise<readonly LaneEvent[]>;
}

interface Kept {
  readonly byTopic: ReadonlyMap<string, readonly LaneEvent[]>;
  readonly newestMs: number;
  readonly wholeAtMs: number;
}

/** Producers' clocks differ; whatever is stamped this much before the newest event is read again. */
const overlapMs = 5 * 60_000;
const keptForMs = 10 * 60_000;
const keptStudents = 20;

/** Reads what was stamped within the latest `daysBack` days. */
export function createLaneReader(options: {
  readonly transport: Transport;
  readonly daysBack: number;
  readonly nowMs?: () => number;
}): LaneReader {
  const { transport, daysBack, nowMs = Date.now } = options;
  const kept = new Map<string, Kept>();

  return {
    async read(key, signal) {
      const before = kept.get(key);
      const isFresh = before !== undefined && nowMs() - before.wholeAtMs < keptForMs;
      const sinceMs = isFresh ? before.newestMs - overlapMs : nowMs() - daysBack * 86_400_000;
      const found = await readLane({ transport, topics, key, sinceMs, signal });
      const byTopic = merged(isFresh ? before.byTopic : new Map(), found);
      const newestMs = Math.max(sinceMs, ...found.map(({ record }) => record.timestampMs));
      kept.delete(key);
      kept.set(key, { byTopic, newestMs, wholeAtMs: isFresh ? before.wholeAtMs : nowMs() });
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
): Map<string, readonly LaneEvent[]> {
  const all = new Map(before);
  for (const event of found) {
    const known = all.get(event.topic) ?? [];
    if (event.offset > (known.at(-1)?.offset ?? -1)) all.set(event.topic, [...known, event]);
  }
  return all;
}
