import { createContext, Script } from "node:vm";

/** The result of a run that took too long. */
export const outOfTime = Symbol("out of time");

/** Runs functions within a time that they share. */
export type TimeLimit = <Result>(run: () => Result) => Result | typeof outOfTime;

const call = new Script("run()");

/** How much of the processor's time a function took, whether it ended or was ended. */
interface Taken {
  readonly isOver: boolean;
  readonly ms: number;
}

/**
 * Creates a time limit for code that runs without a pause, such as a regular expression: it is stopped when the time is
 * used up. Processor time counts: on a busy machine the wall clock says nothing. A function may run more than once,
 * from its start.
 *
 * Invariant: `leftMs` is what earlier runs have left of the time; nothing runs once it is spent.
 */
export const createTimeLimit = (ms: number): TimeLimit => {
  const context = createContext({ run: () => undefined });
  let leftMs = ms;

  /** V8 ends the whole call, with the functions of this side that it has reached, by the clock on the wall. */
  const runFor = (wallMs: number): Taken => {
    const started = process.cpuUsage();
    const taken = () => process.cpuUsage(started).user / 1000;
    try {
      call.runInContext(context, { timeout: Math.ceil(wallMs) });
      return { isOver: true, ms: taken() };
    } catch (error) {
      if (!isTimeout(error)) throw error;
      return { isOver: false, ms: taken() };
    }
  };

  return <Result>(run: () => Result) => {
    if (leftMs < 1) return outOfTime;
    let result: Result | typeof outOfTime = outOfTime;
    context.run = () => {
      result = run();
    };
    for (let wallMs = leftMs; ; wallMs *= 2) {
      const taken = runFor(wallMs);
      // Ended by the wall's clock, and it had little of the processor: once more, for longer.
      if (!taken.isOver && taken.ms < leftMs / 2) continue;
      leftMs = taken.isOver ? leftMs - taken.ms : 0;
      return result;
    }
  };
};

/** The error is one of the context's, not of this side's classes. */
const isTimeout = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
