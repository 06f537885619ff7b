import type { Severity, TriggerType } from "./alert.js";
import type { SentDates } from "./cooldown.js";
import { noRuns, type Runs } from "./runs.js";

/** An alert as the teacher page shows it. */
export interface ShownAlert {
  readonly alert_id: string;
  readonly trigger_type: TriggerType;
  readonly severity: Severity;
  readonly module: string | null;
  /** RFC 3339 with milliseconds, UTC. */
  readonly at: string;
  /** The teacher who resolved it; null while it is open. */
  readonly resolved_by: number | null;
}

/** Exercises as earlier versions stored them: by id. */
export interface FormerExercises {
  readonly [exerciseId: string]: "started" | "completed";
}

/** What is known of a student. Bounded, but for one id for each exercise that the student names. */
export interface StruggleState {
  readonly runs: Runs;
  /** Exercises that were started or completed: they never start (again). */
  readonly exercises: readonly number[] | FormerExercises;
  readonly sent: SentDates;
  /** The fifty latest alerts, in the order in which they were sent. */
  readonly alerts: readonly ShownAlert[];
}

export const initialState: StruggleState = { runs: noRuns, exercises: [], sent: {}, alerts: [] };

const shownAlerts = 50;

export function withAlert(alerts: readonly ShownAlert[], alert: ShownAlert): readonly ShownAlert[] {
  return [...alerts, alert].slice(-shownAlerts);
}
