import type { PlannedEvent } from "./planned.js";

/**
 * The classroom's time, as the apps see it. It has got as far as the events that are acknowledged without a gap, so
 * that a clock that runs hundreds of times faster than ours never overtakes an event on its way to the log.
 */
export interface ClassroomClock {
  /** Milliseconds since 1970. Never goes back. */
  readonly now: () => number;
  /** An event is about to be sent; call in the order of the classroom's time. The result marks it as settled. */
  sending(event: Pick<PlannedEvent, "timeMs">): () => void;
  /** When (by `performance.now`) the time got to or past an instant; null while it has not. A moment that is forgotten counts as later. */
  reachedAt(timeMs: number): number | null;
}

/** More than a demo has; a class that never ends forgets its earlier moments. */
const rememberedMoments = 200_000;

/** @see ClassroomClock */
export function createClassroomClock(startMs: number, realNow: () => number = () => performance.now()): ClassroomClock {
  // Invariant: every event before `first` is acknowledged, and `nowMs` is the latest time of those; `reached` says
  // in order when the clock got to each of its latest times.
  const underWay: { readonly timeMs: number; settled: boolean }[] = [];
  const reached: { readonly timeMs: number; readonly realMs: number }[] = [{ timeMs: startMs, realMs: realNow() }];
  let nowMs = startMs;
  let first = 0;

  const advance = () => {
    const before = nowMs;
    for (let next = underWay[first]; next?.settled; next = underWay[first]) {
      nowMs = Math.max(nowMs, next.timeMs);
      first += 1;
    }
    if (first > 1000) {
      underWay.splice(0, first);
      first = 0;
    }
    if (nowMs > before) reached.push({ timeMs: nowMs, realMs: realNow() });
    if (reached.length > rememberedMoments) reached.splice(0, rememberedMoments / 2);
  };

  return {
    now: () => nowMs,
    sending({ timeMs }) {
      const entry = { timeMs, settled: false };
      underWay.push(entry);
      return () => {
        entry.settled = true;
        advance();
      };
    },
    reachedAt(timeMs) {
      const index = reached.findIndex((moment) => moment.timeMs >= timeMs);
      return reached[index]?.realMs ?? null;
    },
  };
}
