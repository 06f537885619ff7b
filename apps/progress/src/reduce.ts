import type { MasteryLevel, Module } from "@student-events/events";
import { completionPct, withAssigned, withCompleted } from "./exercises.js";
import { type Components, consistencyScore, masteryLevel, masteryScore } from "./mastery.js";
import { meanOf, withValue } from "./mean.js";
import { curriculum } from "./modules.js";
import { type ModuleState, newModule, type ProgressRow, type ProgressState } from "./state.js";
import { dayOf, rememberDay, streakOf } from "./streak.js";

/** What goes out as `learning.progress`. */
export interface ProgressChange {
  readonly student_id: number;
  readonly timestamp: string;
  readonly payload: ProgressRow & { readonly module: Module; readonly previous_level?: MasteryLevel };
}

/** What the reducers need of the runtime. */
export interface ProgressContext {
  readonly timeMs: number;
  readonly emit: { learningProgress(event: ProgressChange): void };
}

interface StudentEvent<Payload> {
  readonly student_id: number;
  readonly timestamp: string;
  readonly payload: Payload;
}

/** What one event means for a student. */
interface Meaning {
  /** Whether it counts as activity on its day. */
  readonly activity: boolean;
  /** The module that it names, and what it changes there. */
  readonly module?: Module;
  readonly change?: (module: ModuleState) => ModuleState;
}

export function learningQuery(state: ProgressState, event: StudentEvent<object>, ctx: ProgressContext): ProgressState {
  return apply(state, event, { activity: true }, ctx);
}

export function learningQuiz(
  state: ProgressState,
  event: StudentEvent<{ readonly module: Module; readonly score: number }>,
  ctx: ProgressContext,
): ProgressState {
  const { module, score } = event.payload;
  const change = (old: ModuleState) => ({ ...old, quizzes: withValue(old.quizzes, score) });
  return apply(state, event, { activity: true, module, change }, ctx);
}

/** Code that is submitted or executed counts as activity and makes the module's row appear. */
export function codeActivity(
  state: ProgressState,
  event: StudentEvent<{ readonly module: Module }>,
  ctx: ProgressContext,
): ProgressState {
  return apply(state, event, { activity: true, module: event.payload.module }, ctx);
}

export function codeReviewed(
  state: ProgressState,
  event: StudentEvent<{ readonly module: Module; readonly rating: number }>,
  ctx: ProgressContext,
): ProgressState {
  const { module, rating } = event.payload;
  const change = (old: ModuleState) => ({ ...old, reviews: withValue(old.reviews, rating) });
  return apply(state, event, { activity: false, module, change }, ctx);
}

export function exerciseAssigned(
  state: ProgressState,
  event: StudentEvent<{ readonly module: Module; readonly exercise_id: number }>,
  ctx: ProgressContext,
): ProgressState {
  const { module, exercise_id } = event.payload;
  const change = (old: ModuleState) => ({ ...old, exercises: withAssigned(old.exercises, exercise_id) });
  return apply(state, event, { activity: false, module, change }, ctx);
}

export function exerciseCompleted(
  state: ProgressState,
  event: StudentEvent<{ readonly module: Module; readonly exercise_id: number }>,
  ctx: ProgressContext,
): ProgressState {
  const { module, exercise_id } = event.payload;
  const change = (old: ModuleState) => ({ ...old, exercises: withCompleted(old.exercises, exercise_id) });
  return apply(state, event, { activity: true, module, change }, ctx);
}

function apply(
  state: ProgressState,
  event: StudentEvent<unknown>,
  { activity, module, change = (old) => old }: Meaning,
  ctx: ProgressContext,
): ProgressState {
  const days = activity ? rememberDay(state.days, dayOf(event.timestamp)) : state.days;
  const modules =
    module === undefined ? state.modules : { ...state.modules, [module]: change(state.modules[module] ?? newModule) };
  return publish({ days, modules }, event.student_id, ctx);
}

/** Brings every row up to date (a longer streak changes them all) and publishes those that are new or have another score. */
function publish(state: ProgressState, studentId: number, ctx: ProgressContext): ProgressState {
  const consistency = consistencyScore(streakOf(state.days));
  const timestamp = new Date(ctx.timeMs).toISOString();
  const modules: { [M in Module]?: ModuleState } = {};
  for (const module of curriculum) {
    const old = state.modules[module];
    if (old === undefined) continue;
    const row = rowOf(old, consistency);
    modules[module] = { ...old, row };
    if (row.mastery_score === old.row?.mastery_score) continue;
    const previous = old.row === null ? {} : { previous_level: old.row.mastery_level };
    ctx.emit.learningProgress({ student_id: studentId, timestamp, payload: { module, ...row, ...previous } });
  }
  return { ...state, modules };
}

function rowOf(module: ModuleState, consistency: number): ProgressRow {
  const components: Components = {
    exercise_completion_pct: completionPct(module.exercises),
    quiz_score_avg: meanOf(module.quizzes),
    code_quality_avg: meanOf(module.reviews),
    consistency_score: consistency,
  };
  const score = masteryScore(components);
  return { ...components, mastery_score: score, mastery_level: masteryLevel(score) };
}
