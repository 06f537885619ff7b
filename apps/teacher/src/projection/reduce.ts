import type { LearningProgress, StruggleDetected, StruggleResolved } from "@student-events/events";
import { evidenceOf } from "./evidence.js";
import type { StudentState, TeacherAlert } from "./state.js";

/** Where an event lies. */
export interface EventPlace {
  readonly partition: number;
  readonly offset: number;
}

/** An alert that was dealt with stays for so long, by the times of the student's events: a reducer has no clock. */
const keptResolvedMs = 7 * 24 * 60 * 60 * 1000;
const keptAlerts = 50;
const keptEarly = 20;

export function learningProgress(state: StudentState, { payload }: Pick<LearningProgress, "payload">): StudentState {
  const { module, mastery_score: score, mastery_level: level } = payload;
  return { ...state, modules: { ...state.modules, [module]: { score, level } } };
}

export function struggleDetected(
  state: StudentState,
  { timestamp, correlation_id, payload }: Pick<StruggleDetected, "timestamp" | "correlation_id" | "payload">,
  { partition, offset }: EventPlace,
): StudentState {
  const { alert_id, trigger_type, severity, module = null, trigger_data } = payload;
  if (state.alerts.some((known) => known.alert_id === alert_id)) return state;
  const before = state.early.find((one) => one.alert_id === alert_id);
  const alert: TeacherAlert = {
    alert_id,
    trigger_type,
    severity,
    module,
    evidence: evidenceOf(trigger_data),
    at: timestamp,
    resolved: before ? { by: before.by, at: before.at } : null,
    correlation_id,
    partition,
    offset,
  };
  const early = before ? state.early.filter((one) => one !== before) : state.early;
  return { ...state, early, alerts: bounded([...recent(state.alerts, timestamp), alert]) };
}

export function struggleResolved(
  state: StudentState,
  { timestamp, payload }: Pick<StruggleResolved, "timestamp" | "payload">,
): StudentState {
  const { alert_id, resolved_by: by } = payload;
  const known = state.alerts.find((alert) => alert.alert_id === alert_id);
  if (!known) return { ...state, early: [...state.early, { alert_id, by, at: timestamp }].slice(-keptEarly) };
  // Two teachers may press at once; the first was it.
  if (known.resolved) return state;
  const resolved = { ...known, resolved: { by, at: timestamp } };
  return { ...state, alerts: state.alerts.map((alert) => (alert === known ? resolved : alert)) };
}

/** Without those that were dealt with long before. */
function recent(alerts: readonly TeacherAlert[], at: string): readonly TeacherAlert[] {
  const sinceMs = Date.parse(at) - keptResolvedMs;
  return alerts.filter(({ resolved }) => resolved === null || Date.parse(resolved.at) >= sinceMs);
}

/** Forgets the oldest alert that was dealt with, and an open one only where all are open. */
function bounded(alerts: readonly TeacherAlert[]): readonly TeacherAlert[] {
  if (alerts.length <= keptAlerts) return alerts;
  const index = Math.max(
    0,
    alerts.findIndex(({ resolved }) => resolved !== null),
  );
  return alerts.toSpliced(index, 1);
}
