import type { PartitionLog } from "../lane/partition-log.js";
import type { Transport } from "../transport.js";

/** When the keys of a lane have timers due, and how far the wall clock may have moved for them. */
export interface LaneTimers {
  /** The key's next timer; null for none. */
  set(key: string, dueAtMs: number | null): void;
  /** Keys whose timers the wall clock may fire now, and up to when. */
  due(): { readonly keys: readonly string[]; readonly beforeMs: number };
  /** Asks for the log's ends where a timer is due by the wall clock. */
  tick(): void;
}

export interface LaneTimersOptions {
  readonly transport: Transport;
  readonly clock: () => number;
  readonly logs: () => Iterable<PartitionLog>;
  /** The lane is read up for some timer that is due. */
  ready(): void;
}

/**
 * The wall clock fires a timer only when the lane has read up to log ends that were asked for after the timer was due:
 * what was in the log by then has been applied, so the clock never overtakes an event that would have cleared the timer.
 */
export function createLaneTimers(options: LaneTimersOptions): LaneTimers {
  const dueAt = new Map<string, number>();
  let first = Number.POSITIVE_INFINITY;
  let stale = false;
  let asking = false;
  let asked: { readonly atMs: number; readonly ends: ReadonlyMap<PartitionLog, number> } | null = null;

  const firstDue = () => {
    if (!stale) return first;
    first = Number.POSITIVE_INFINITY;
    for (const at of dueAt.values()) first = Math.min(first, at);
    stale = false;
    return first;
  };

  const readUp = () => asked !== null && [...asked.ends].every(([log, end]) => log.next >= end);

  const ask = async () => {
    asking = true;
    try {
      const atMs = options.clock();
      const logs = [...options.logs()];
      const ranges = await options.transport.logRanges(logs);
      asked = { atMs, ends: new Map(logs.map((log, index) => [log, ranges[index]?.end ?? 0])) };
    } catch {
      // Asked again at the next tick; until then no timer fires.
      asked = null;
    } finally {
      asking = false;
    }
  };

  return {
    set(key, dueAtMs) {
      const known = dueAt.get(key);
      if (known === (dueAtMs ?? undefined)) return;
      if (dueAtMs === null) dueAt.delete(key);
      else dueAt.set(key, dueAtMs);
      stale = true;
    },
    due() {
      const beforeMs = asked?.atMs ?? Number.NEGATIVE_INFINITY;
      if (firstDue() >= beforeMs || !readUp()) return { keys: [], beforeMs };
      return { keys: [...dueAt].flatMap(([key, at]) => (at < beforeMs ? [key] : [])), beforeMs };
    },
    tick() {
      if (firstDue() >= options.clock()) return;
      if (asking) return;
      if (asked !== null && !readUp()) return;
      options.ready();
      // Asked anew only once the last answer is read up to: under load the end would run away for ever.
      void ask();
    },
  };
}
