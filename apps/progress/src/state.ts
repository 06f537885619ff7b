import type { MasteryLevel, Module } from "@student-events/events";
import { type Exercises, type FormerExercises, noExercises } from "./exercises.js";
import type { Components } from "./mastery.js";
import { type Mean, noValues } from "./mean.js";

/** A (student, module) row as it was last published. */
export interface ProgressRow extends Components {
  readonly mastery_score: number;
  readonly mastery_level: MasteryLevel;
}

/** What is known of a student in one module. */
export interface ModuleState {
  readonly exercises: Exercises | FormerExercises;
  readonly quizzes: Mean;
  readonly reviews: Mean;
  /** Null until the row is published for the first time, which is while its first event is applied. */
  readonly row: ProgressRow | null;
}

/** What is known of a student: at most ten days, at most eight modules, one id for each exercise met. */
export interface ProgressState {
  /** The ten latest days of activity, ascending, counted from 1970-01-01 in UTC. */
  readonly days: readonly number[];
  readonly modules: { readonly [M in Module]?: ModuleState };
}

export const initialState: ProgressState = { days: [], modules: {} };

export const newModule: ModuleState = { exercises: noExercises, quizzes: noValues, reviews: noValues, row: null };
