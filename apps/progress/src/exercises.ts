/** The exercises of one module that were assigned to the student or completed. */
export interface Exercises {
  /** By exercise id: whether it is completed. Grows by one entry for each exercise that the student meets. */
  readonly completedById: { readonly [exerciseId: string]: boolean };
  readonly known: number;
  readonly completed: number;
}

export const noExercises: Exercises = { completedById: {}, known: 0, completed: 0 };

export function withAssigned(exercises: Exercises, exerciseId: number): Exercises {
  if (exercises.completedById[exerciseId] !== undefined) return exercises;
  return withEntry(exercises, exerciseId, false);
}

export function withCompleted(exercises: Exercises, exerciseId: number): Exercises {
  if (exercises.completedById[exerciseId] === true) return exercises;
  return withEntry(exercises, exerciseId, true);
}

function withEntry(exercises: Exercises, exerciseId: number, completed: boolean): Exercises {
  const isNew = exercises.completedById[exerciseId] === undefined;
  return {
    completedById: { ...exercises.completedById, [exerciseId]: completed },
    known: exercises.known + (isNew ? 1 : 0),
    completed: exercises.completed + (completed ? 1 : 0),
  };
}

/** Distinct exercises completed of those known, in percent; 0 where there are none. */
export function completionPct(exercises: Exercises): number {
  return exercises.known === 0 ? 0 : (100 * exercises.completed) / exercises.known;
}
