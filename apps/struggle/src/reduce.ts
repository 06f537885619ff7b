import type { Module } from "@student-events/events";
import { type Finding, type Severity, type TriggerType, triggers } from "./alert.js";
import { isCoolingDown, withSent } from "./cooldown.js";
import { helpPhrase } from "./help.js";
import { withExecution } from "./runs.js";
import { type ShownAlert, type StruggleState, withAlert } from "./state.js";
import { complete, start, startedOf, type Timers } from "./stuck.js";

/** What goes out as `struggle.detected`. */
export interface StruggleAlert {
  readonly student_id: number;
  readonly timestamp: string;
  readonly payload: {
    readonly alert_id: string;
    readonly trigger_type: TriggerType;
    readonly severity: Severity;
    readonly module?: Module;
    readonly trigger_data: { readonly [name: string]: unknown };
  };
}

/** What the reducers need of the runtime. */
export interface StruggleContext {
  readonly key: string;
  readonly timeMs: number;
  uuid(purpose: string): string;
  readonly emit: { struggleDetected(event: StruggleAlert): void };
  readonly timer: Timers;
}

interface StudentEvent<Payload> {
  readonly student_id: number;
  readonly payload: Payload;
}

interface Code {
  readonly submission_id: string;
  readonly module: Module;
  readonly exercise_id?: number | undefined;
}

export function learningQuery(
  state: StruggleState,
  { student_id, payload }: StudentEvent<{ readonly query: string; readonly module?: Module | undefined }>,
  ctx: StruggleContext,
): StruggleState {
  const phrase = helpPhrase(payload.query);
  if (phrase === undefined) return state;
  const finding = found("explicit_help", payload.module, ctx, { phrase });
  return alert(state, student_id, [finding], ctx);
}

export function learningQuiz(
  state: StruggleState,
  {
    student_id,
    payload,
  }: StudentEvent<{ readonly quiz_attempt_id: number; readonly module: Module; readonly score: number }>,
  ctx: StruggleContext,
): StruggleState {
  const { quiz_attempt_id, module, score } = payload;
  if (score >= failedBelow) return state;
  return alert(state, student_id, [found("quiz_fail", module, ctx, { quiz_attempt_id, score })], ctx);
}

/** A quiz with this score is passed. */
const failedBelow = 50;

export function codeSubmitted(
  state: StruggleState,
  { payload }: StudentEvent<Code>,
  ctx: StruggleContext,
): StruggleState {
  return startExercise(state, payload, ctx);
}

export function codeExecuted(
  state: StruggleState,
  { student_id, payload }: StudentEvent<Code & Run>,
  ctx: StruggleContext,
): StruggleState {
  const runs = withExecution(state.runs, payload);
  const { module } = payload;
  const evidence = runEvidence(payload);
  const findings: Finding[] = [];
  if (runs.sameError?.length === 3) findings.push(found("same_error_3x", module, ctx, { ...evidence, count: 3 }));
  if (runs.failures === 5) findings.push(found("failed_executions_5x", module, ctx, { ...evidence, count: 5 }));
  return alert(startExercise({ ...state, runs }, payload, ctx), student_id, findings, ctx);
}

interface Run {
  readonly success: boolean;
  readonly error_type?: string | undefined;
  readonly error_message?: string | undefined;
}

/** More of an error message does not count as evidence. */
const mostMessageCharacters = 300;

/** What a teacher wants to know of the run that was one too many. */
function runEvidence({ submission_id, exercise_id, error_type, error_message }: Code & Run): Finding["data"] {
  return {
    submission_id,
    ...(exercise_id === undefined ? {} : { exercise_id }),
    ...(error_type === undefined ? {} : { error_type }),
    ...(error_message === undefined
      ? {}
      : { error_message: error_message.slice(0, mostMessageCharacters).toWellFormed() }),
  };
}

export function exerciseCompleted(
  state: StruggleState,
  { payload }: StudentEvent<{ readonly exercise_id: number }>,
  ctx: StruggleContext,
): StruggleState {
  return complete(state, payload.exercise_id, ctx.timer);
}

/** Applies what only lets the student's time pass. */
export function timePasses(state: StruggleState): StruggleState {
  return state;
}

export function struggleResolved(
  state: StruggleState,
  { payload }: StudentEvent<{ readonly alert_id: string; readonly resolved_by: number }>,
): StruggleState {
  const { alert_id, resolved_by } = payload;
  return {
    ...state,
    alerts: state.alerts.map((shown) => (shown.alert_id === alert_id ? { ...shown, resolved_by } : shown)),
  };
}

/** An exercise's ten minutes are over: the timer would have been cleared if it were completed. */
export function stuckTimer(state: StruggleState, timer: { readonly data: unknown }, ctx: StruggleContext) {
  const { exerciseId, startedAtMs, module } = startedOf(timer.data);
  const data = { exercise_id: exerciseId, started_at: new Date(startedAtMs).toISOString() };
  const finding = found("stuck_10min", module, ctx, data);
  return alert(state, Number(ctx.key), [finding], ctx);
}

function startExercise(state: StruggleState, { exercise_id, module }: Code, ctx: StruggleContext): StruggleState {
  if (exercise_id === undefined) return state;
  return start(state, { exerciseId: exercise_id, startedAtMs: ctx.timeMs, module }, ctx.timer);
}

function found(trigger: TriggerType, module: Module | undefined, ctx: StruggleContext, data: Finding["data"]): Finding {
  return { trigger, atMs: ctx.timeMs, module, data };
}

/** Sends what the cooldown lets pass, in this order. */
function alert(
  state: StruggleState,
  studentId: number,
  findings: readonly Finding[],
  ctx: StruggleContext,
): StruggleState {
  let after = state;
  for (const finding of findings) {
    if (isCoolingDown(after.sent, finding)) continue;
    const event = alertEvent(finding, studentId, ctx);
    ctx.emit.struggleDetected(event);
    after = { ...after, sent: withSent(after.sent, finding), alerts: withAlert(after.alerts, shownAlert(event)) };
  }
  return after;
}

function shownAlert({ timestamp, payload }: StruggleAlert): ShownAlert {
  const { trigger_data: _, module = null, ...shown } = payload;
  return { ...shown, module, at: timestamp, resolved_by: null };
}

function alertEvent({ trigger, atMs, module, data }: Finding, studentId: number, ctx: StruggleContext): StruggleAlert {
  return {
    student_id: studentId,
    timestamp: new Date(atMs).toISOString(),
    payload: {
      alert_id: ctx.uuid(trigger),
      trigger_type: trigger,
      severity: triggers[trigger],
      ...(module === undefined ? {} : { module }),
      trigger_data: data,
    },
  };
}
