import { readFileSync } from "node:fs";
import { join } from "node:path";
import { taskVariable } from "../publish/task.js";
import { type Process, startProcess } from "../world/processes.js";

/** Copies of one program, each with the task of its place: one that is killed is started again there. */
export interface Copies {
  readonly places: number;
  /** Ends the copy of a place as a crash does, and starts another. */
  replace(place: number): Promise<void>;
  at(place: number): Process;
  /** Resolves when the last copy of each place has ended, with how. */
  ended(): Promise<readonly (number | NodeJS.Signals)[]>;
  /** What all copies have printed. */
  printed(): string;
}

/** Starts one copy for each task. */
export function startCopies(
  name: string,
  { file, folder, tasks }: { readonly file: string; readonly folder: string; readonly tasks: readonly object[] },
): Copies {
  // Invariant: `current` has the copy of each place that was started last; `logs` those of all that ever were.
  const logs: string[] = [];
  const start = (place: number) => {
    const logFile = join(folder, `${name}-${place}-${logs.length}.log`);
    logs.push(logFile);
    const environment = { [taskVariable]: JSON.stringify(tasks[place]) };
    return startProcess({ name: `${name}-${place}`, file, environment, logFile });
  };
  const current = tasks.map((_, place) => start(place));
  const at = (place: number) => {
    const copy = current[place];
    if (!copy) throw new Error(`${name} has no place ${place}`);
    return copy;
  };
  return {
    places: tasks.length,
    at,
    async replace(place) {
      at(place).signal("SIGKILL");
      await at(place).ended;
      current[place] = start(place);
    },
    ended: () => Promise.all(current.map(({ ended }) => ended)),
    printed: () => logs.map((file) => readFileSync(file, "utf8")).join(""),
  };
}
