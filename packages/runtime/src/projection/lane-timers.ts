import type { PartitionLog } from "../lane/partition-log.js";
import type { LaneSnapshot } from "../ports/store.js";
import type { Transport } from "../ports/transport.js";

/** When the keys of a lane have timers due, and how far the wall clock may have moved for them. */
export interface LaneTimers {
  /** Takes over what the store says. */
  load(timers: LaneSnapshot["timers"]): void;
  /** The key's next timer; null for none. */
  set(key: string, dueAtMs: number | null): void;
  /** Keys whose timers the wall clock may fire now, and up to when. */
  due(): { readonly keys: readonly string[]; readonly beforeMs: number };
  /** Asks for the log's ends where a timer is due by the wall clock, and now and then for timers that others set. */
  tick(): void;
}

export interface LaneTimersOptions {
  readonly transport: Transport;
  readonly clock: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly logs: () => Iterable<PartitionLog>;
  /** The timers of the lane's keys as the store has them. */
  read(): Promise<LaneSnapshot["timers"]>;
  /** The lane is read up for some timer that is due. */
  ready(): void;
}

/** An owner of another lane may set a timer of this one's key, by a record on the wrong partition. */
const readEveryMs = 2000;

/**
 * The wall clock fires a timer only when the lane has read up to log ends that were asked for after the timer was due:
 * what was in the log by then has been applied, so the clock never overtakes an event that would have cleared the timer.
 */
export function createLaneTimers(options: LaneTimersOptions): LaneTimers {
  const dueAt = new Map<string, number>();
  let first = Number.POSITIVE_INFINITY;
  let stale = false;
  let asking = false;
  let lastReadMs = options.nowMs();
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
    const atMs = options.clock();
    const logs = [...options.logs()];
    const ranges = await options.transport.logRanges(logs);
    asked = { atMs, ends: new Map(logs.map((log, index) => [log, ranges[index]?.end ?? 0])) };
  };

  const readStored = async () => {
    for (const { key, dueAtMs } of await options.read()) if (!dueAt.has(key)) set(key, dueAtMs);
  };

  /** One question at a time; one that fails is asked again at a later tick, and until then no timer fires. */
  const alone = (run: () => Promise<void>) => {
    asking = true;
    run()
      .catch(() => {
        asked = null;
      })
      .finally(() => {
        asking = false;
      });
  };

  const set = (key: string, dueAtMs: number | null) => {
    if (dueAt.get(key) === (dueAtMs ?? undefined)) return;
    if (dueAtMs === null) dueAt.delete(key);
    else dueAt.set(key, dueAtMs);
    stale = true;
  };

  return {
    load(timers) {
      dueAt.clear();
      stale = true;
      for (const { key, dueAtMs } of timers) dueAt.set(key, dueAtMs);
    },
    set,
    due() {
      const beforeMs = asked?.atMs ?? Number.NEGATIVE_INFINITY;
      if (firstDue() >= beforeMs || !readUp()) return { keys: [], beforeMs };
      return { keys: [...dueAt].flatMap(([key, at]) => (at < beforeMs ? [key] : [])), beforeMs };
    },
    tick() {
      if (asking) return;
      if (options.nowMs() - lastReadMs >= readEveryMs) {
        lastReadMs = options.nowMs();
        return alone(readStored);
      }
      if (firstDue() >= options.clock() || (asked !== null && !readUp())) return;
      options.ready();
      // Asked anew only once the last answer is read up to: under load the end would run away for ever.
      alone(ask);
    },
  };
}
