/** How long handlers may keep the event loop before heartbeats, fetches and timers get their turn. */
const longestMs = 20;

/** Shares the event loop with everything else, where handlers compute and never wait. */
export interface Turn {
  /** Whether more may be done now; if not, `resume` is called in the next turn of the event loop. */
  goesOn(): boolean;
}

/**
 * Invariant: `beganMs` is null between turns; while it is not, `end` is due in the next turn of the event loop. `isOver` is set
 * in a turn alone, so each turn that was too long is resumed once.
 */
export function createTurn(resume: () => void): Turn {
  let beganMs: number | null = null;
  let isOver = false;
  const end = () => {
    beganMs = null;
    if (!isOver) return;
    isOver = false;
    resume();
  };
  return {
    goesOn() {
      const nowMs = performance.now();
      if (beganMs === null) {
        beganMs = nowMs;
        setImmediate(end);
      }
      isOver ||= nowMs - beganMs > longestMs;
      return !isOver;
    },
  };
}
