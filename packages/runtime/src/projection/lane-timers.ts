import type { PartitionLog } from "../lane/partition-log.js";
import type { LaneSnapshot } from "../ports/store.js";
import type { Transport } from "../ports/transport.js";
import { createDueKeys } from "./due-keys.js";

/** When the keys of a lane have timers due, and how far the wall clock may have moved for them. */
export interface LaneTimers {
  /** Takes over what the store says. */
  load(timers: LaneSnapshot["timers"]): void;
  /** The key's next timer; null for none. */
  set(key: string, dueAtMs: number | null): void;
  /** Keys whose timers the wall clock may fire now, and up to when. */
  due(): DueTimers;
  /** Asks for the log's ends where a timer is due by the wall clock, and now and then for timers that others set. */
  tick(): void;
}

/** Keys with timers that are due before an instant (milliseconds since 1970). */
export interface DueTimers {
  readonly keys: readonly string[];
  readonly beforeMs: number;
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

/** The logs' ends as the broker said them, and the wall clock's time just before it was asked. */
interface LogEnds {
  readonly atMs: number;
  readonly ends: ReadonlyMap<PartitionLog, number>;
}

/**
 * Invariant: the wall clock fires a timer only when the lane has read up to log ends that were asked for after the timer
 * was due: what was in the log by then has been applied, so the clock never overtakes an event that would have cleared
 * the timer. So `asked` is the last answer, and null after a question that failed; one question at a time is `asking`.
 */
export function createLaneTimers(options: LaneTimersOptions): LaneTimers {
  const keys = createDueKeys();
  let asked: LogEnds | null = null;
  let asking = false;
  let lastReadMs = options.nowMs();

  const ask = async () => {
    asked = await endsOf(options);
  };

  const readStored = async () => {
    for (const { key, dueAtMs } of await options.read()) if (!keys.has(key)) keys.set(key, dueAtMs);
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

  return {
    load: keys.load,
    set: keys.set,
    due() {
      const beforeMs = asked?.atMs ?? Number.NEGATIVE_INFINITY;
      if (keys.firstMs() >= beforeMs || !isReadUpTo(asked)) return { keys: [], beforeMs };
      return { keys: keys.before(beforeMs), beforeMs };
    },
    tick() {
      if (asking) return;
      if (options.nowMs() - lastReadMs >= readEveryMs) {
        lastReadMs = options.nowMs();
        return alone(readStored);
      }
      if (keys.firstMs() >= options.clock() || (asked !== null && !isReadUpTo(asked))) return;
      options.ready();
      // Asked again only once the last answer is read up to: under load the end would run away for ever.
      alone(ask);
    },
  };
}

async function endsOf({ clock, logs, transport }: LaneTimersOptions): Promise<LogEnds> {
  const atMs = clock();
  const partitions = [...logs()];
  const ranges = await transport.logRanges(partitions);
  return { atMs, ends: new Map(partitions.map((log, index) => [log, ranges[index]?.end ?? 0])) };
}

const isReadUpTo = (asked: LogEnds | null): boolean =>
  asked !== null && [...asked.ends].every(([log, end]) => log.next >= end);
