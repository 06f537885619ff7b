/**
 * Calls `run` with what came: as soon as who hands over is done where nothing came for a while, else with all that came in
 * the meanwhile. A class in which ten things a second happen is drawn a few times a second, not ten.
 */
export function paced<One>(pauseMs: number, run: (all: readonly One[]) => void): (one: One) => void {
  // Invariant: `waiting` holds what came and was not handed over; while it holds something, `isPausing` is true and
  // a hand-over is due.
  let waiting: One[] = [];
  let isPausing = false;
  const handOver = () => {
    const all = waiting;
    waiting = [];
    isPausing = all.length > 0;
    if (!isPausing) return;
    setTimeout(handOver, pauseMs);
    run(all);
  };
  return (one) => {
    waiting.push(one);
    if (isPausing) return;
    isPausing = true;
    queueMicrotask(handOver);
  };
}
