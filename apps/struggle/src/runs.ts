/** An execution, as far as runs of failures are about it. */
export interface Execution {
  readonly success: boolean;
  readonly error_type?: string | undefined;
}

/** The runs that a student's latest execution belongs to, over all modules and exercises. */
export interface Runs {
  /** Consecutive failures of any kind. */
  readonly failures: number;
  /** Consecutive failures with one error; null where the latest execution has none. */
  readonly sameError: { readonly errorType: string; readonly length: number } | null;
}

export const noRuns: Runs = { failures: 0, sameError: null };

/** Continues, ends or begins the runs with an execution. */
export function withExecution(runs: Runs, execution: Execution): Runs {
  if (execution.success) return noRuns;
  return { failures: runs.failures + 1, sameError: continueError(runs.sameError, execution.error_type) };
}

function continueError(run: Runs["sameError"], errorType: string | undefined): Runs["sameError"] {
  if (errorType === undefined) return null;
  return { errorType, length: run?.errorType === errorType ? run.length + 1 : 1 };
}
