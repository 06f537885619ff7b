import type { MasteryLevel } from "@student-events/events";

/** The four components of a mastery score, each 0..100. */
export interface Components {
  readonly exercise_completion_pct: number;
  readonly quiz_score_avg: number;
  readonly code_quality_avg: number;
  readonly consistency_score: number;
}

/** Added before rounding, so that a binary fraction just below a half counts as the half that it means. */
const roundingEpsilon = 1e-9;

/** The weighted score, rounded half up to two decimals. */
export function masteryScore(components: Components): number {
  const score =
    0.4 * components.exercise_completion_pct +
    0.3 * components.quiz_score_avg +
    0.2 * components.code_quality_avg +
    0.1 * components.consistency_score;
  return Math.round((score + roundingEpsilon) * 100) / 100;
}

/** The level of a rounded score; a bound belongs to the level below it. */
export function masteryLevel(score: number): MasteryLevel {
  if (score <= 40) return "beginner";
  if (score <= 70) return "learning";
  if (score <= 90) return "proficient";
  return "mastered";
}

/** Ten points for each day of the streak, up to 100. */
export function consistencyScore(streak: number): number {
  return Math.min(10 * streak, 100);
}
