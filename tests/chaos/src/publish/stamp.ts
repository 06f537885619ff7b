const minuteMs = 60_000;

/**
 * How a student's events are dated, so that both ways of passing deadlines happen, and race with what completes an
 * exercise: by the classroom's time, hours ahead of the clock, where events alone move time; ten minutes ago less a few
 * seconds, where a deadline is met by the clock while the student works; long ago, where every deadline is over at once.
 */
export function stampFor(student: number, plannedMs: number, nowMs: number): number {
  if (student % 3 === 0) return plannedMs;
  return student % 3 === 1 ? nowMs - 10 * minuteMs + 4000 : nowMs - 30 * minuteMs;
}
