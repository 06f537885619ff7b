import { setTimeout as sleep } from "node:timers/promises";
import type { StudentRow } from "./class-model.js";
import type { Rows } from "./rows.js";

/** Looks for what the projection wrote: at once where this process did, soon where another copy did. */
export interface Watch {
  /** This process wrote something. */
  poke(): void;
  /** Reads everything once; resolves when that is done. */
  start(): Promise<void>;
  /** Whether the latest look was answered. */
  readonly answers: boolean;
  close(): Promise<void>;
}

/** How {@link createWatch} looks. */
export interface WatchOptions {
  readonly rows: Rows;
  /** Takes rows, some of which may be known already. */
  readonly take: (rows: readonly StudentRow[]) => void;
  readonly versionOf: (key: string) => number;
  /** How often to look for what other copies wrote. Default 250 ms. */
  readonly everyMs?: number;
  /** How often to compare every row's version, which finds what moved no position. Default 5,000 ms. */
  readonly thoroughlyEveryMs?: number;
}

/** Looks follow each other no faster: what comes meanwhile is read, and told to pages, together. */
const restMs = 80;

const rowsAtOnce = 500;

/**
 * @see Watch
 * Invariant: `answers` says how the latest look ended; once `watching` is there, looks follow each other until the watch is
 * closed, never two at a time.
 */
export function createWatch(options: WatchOptions): Watch {
  const { everyMs = 250 } = options;
  const stop = new AbortController();
  const look = createLook(options);
  const bell = createBell(everyMs);
  let answers = true;
  let watching: Promise<void> | undefined;

  const watch = async () => {
    while (!stop.signal.aborted) {
      await bell.next();
      if (stop.signal.aborted) return;
      try {
        await look();
        answers = true;
      } catch {
        // The next look finds what this one did not; the page says meanwhile that the store cannot be asked.
        answers = false;
        await sleep(everyMs);
      }
      await sleep(restMs);
    }
  };

  return {
    get answers() {
      return answers;
    },
    poke: bell.ring,
    async start() {
      await look();
      watching = watch();
    },
    async close() {
      stop.abort();
      bell.ring();
      await watching;
    },
  };
}

/**
 * Takes what was written since the look before.
 * Invariant: every row that was written before `lanes` were read was taken, but one that moved no position: that is found
 * by its version, at the latest `thoroughlyEveryMs` after `thoroughAtMs`.
 */
function createLook({ rows, take, versionOf, thoroughlyEveryMs = 5000 }: WatchOptions): () => Promise<void> {
  let lanes: ReadonlyMap<number, number> = new Map();
  let thoroughAtMs = Number.NEGATIVE_INFINITY;

  /** Of a lane that moved few rows have changed: only those are read whole, and not all of a large class at once. */
  const takeNewer = async (found: Awaited<ReturnType<Rows["versions"]>>) => {
    const keys = found.filter(({ key, version }) => version > versionOf(key)).map(({ key }) => key);
    for (let at = 0; at < keys.length; at += rowsAtOnce) take(await rows.ofKeys(keys.slice(at, at + rowsAtOnce)));
  };

  return async () => {
    const isThorough = performance.now() - thoroughAtMs > thoroughlyEveryMs;
    // Positions before rows: what is written in between is found by the next look.
    const now = await rows.lanes();
    const moved = [...now].filter(([lane, applied]) => lanes.get(lane) !== applied).map(([lane]) => lane);
    if (isThorough || moved.length > 0) await takeNewer(await rows.versions(isThorough ? undefined : moved));
    if (isThorough) thoroughAtMs = performance.now();
    lanes = now;
  };
}

/**
 * Waits until it is rung, or for `everyMs`.
 * Invariant: a ring that nothing awaited is kept in `isRung` for the next to wait; `wake` ends the wait that is under way.
 */
function createBell(everyMs: number) {
  let isRung = false;
  let wake = () => {};
  return {
    ring() {
      isRung = true;
      wake();
    },
    async next() {
      if (!isRung)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, everyMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      isRung = false;
    },
  };
}
