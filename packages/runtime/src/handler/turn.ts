/** How long handlers may keep the event loop before heartbeats, fetches and timers get their turn. */
const longestMs = 20;

/** Shares the event loop with everything else, where handlers compute and never wait. */
export interface Turn {
  /** Whether more may be done now; if not, `resume` is called in the next turn of the event loop. */
  goesOn(): boolean;
}

/**
 * Invariant: while `beganMs` is set, its end is scheduled for the next turn of the event loop; `isOver` holds from the first
 * refusal to that end, which resumes.
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
