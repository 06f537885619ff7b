/**
 * The exercises of one module that were assigned to the student or completed, by their ids. Each is in one of the lists.
 * An object with ids for names would take room for every number up to the largest id.
 */
export interface Exercises {
  readonly open: readonly number[];
  readonly completed: readonly number[];
}

/** As earlier versions stored them: by id, whether it is completed. */
export interface FormerExercises {
  readonly completedById: { readonly [exerciseId: string]: boolean };
}

export const noExercises: Exercises = { open: [], completed: [] };

export function withAssigned(stored: Exercises | FormerExercises, exerciseId: number): Exercises {
  const exercises = exercisesOf(stored);
  const { open, completed } = exercises;
  return open.includes(exerciseId) || completed.includes(exerciseId)
    ? exercises
    : { open: [...open, exerciseId], completed };
}

export function withCompleted(stored: Exercises | FormerExercises, exerciseId: number): Exercises {
  const exercises = exercisesOf(stored);
  const { open, completed } = exercises;
  return completed.includes(exerciseId)
    ? exercises
    : { open: open.filter((id) => id !== exerciseId), completed: [...completed, exerciseId] };
}

/** Distinct exercises completed of those known, in percent; 0 where there are none. */
export function completionPct(stored: Exercises | FormerExercises): number {
  const { open, completed } = exercisesOf(stored);
  const known = open.length + completed.length;
  return known === 0 ? 0 : (100 * completed.length) / known;
}

function exercisesOf(stored: Exercises | FormerExercises): Exercises {
  if ("open" in stored) return stored;
  const byState = Object.groupBy(Object.entries(stored.completedById), ([, isCompleted]) =>
    isCompleted ? "completed" : "open",
  );
  const idsOf = (entries: readonly (readonly [string, boolean])[] = []) => entries.map(([id]) => Number(id));
  return { open: idsOf(byState.open), completed: idsOf(byState.completed) };
}
