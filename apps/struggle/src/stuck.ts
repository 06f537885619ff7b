import { moduleSchema } from "@student-events/events";
import { z } from "zod";
import type { StruggleState } from "./state.js";

const patienceMs = 10 * 60_000;

/** What the timer of a started exercise remembers of the event that started it. */
const startedSchema = z.object({
  exerciseId: z.number(),
  startedAtMs: z.number(),
  module: moduleSchema,
});

/** The start of an exercise. */
export type Started = z.infer<typeof startedSchema>;

/** What sets and clears the timers of a student. */
export interface Timers {
  set(name: string, dueAtMs: number, data?: unknown): void;
  clear(name: string): void;
}

/** Starts an exercise, unless it was started or completed before. */
export function start(state: StruggleState, started: Started, timers: Timers): StruggleState {
  const exercises = exercisesOf(state);
  if (exercises.includes(started.exerciseId)) return state;
  timers.set(timerName(started.exerciseId), started.startedAtMs + patienceMs, started);
  return { ...state, exercises: [...exercises, started.exerciseId] };
}

/** Completes an exercise: it is not stuck any more, and never starts again. */
export function complete(state: StruggleState, exerciseId: number, timers: Timers): StruggleState {
  timers.clear(timerName(exerciseId));
  const exercises = exercisesOf(state);
  return exercises.includes(exerciseId) ? state : { ...state, exercises: [...exercises, exerciseId] };
}

function exercisesOf({ exercises }: StruggleState): readonly number[] {
  return isList(exercises) ? exercises : Object.keys(exercises).map(Number);
}

const isList = (exercises: StruggleState["exercises"]): exercises is readonly number[] => Array.isArray(exercises);

/** Reads what {@link start} gave to the timer. */
export function startedOf(timerData: unknown): Started {
  return startedSchema.parse(timerData);
}

function timerName(exerciseId: number): string {
  return `stuck/${exerciseId}`;
}
