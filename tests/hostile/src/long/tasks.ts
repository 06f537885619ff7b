import type { Window } from "./windows.js";

/** What a process of the run is to do; handed over as JSON in the environment. */
export interface Task {
  readonly brokers: readonly string[];
  /** Where it notes what it did. */
  readonly journal: string;
  readonly windows: readonly Window[];
}

/** What the process that writes hostile records is to do. */
export interface HostileTask extends Task {
  readonly seed: number;
  /** Records a second. */
  readonly rate: number;
  /** The students of the class. */
  readonly victims: readonly number[];
}

export const taskVariable = "HOSTILE_TASK";

/** Reads this process's task. */
export function readTask<Own extends Task>(): Own {
  const text = process.env[taskVariable];
  if (text === undefined) throw new Error(`${taskVariable} is not set: this is a part of a run, not a command`);
  return JSON.parse(text) as Own;
}
