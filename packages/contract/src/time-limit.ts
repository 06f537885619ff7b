import { createContext, Script } from "node:vm";

/** What a run that took too long gives. */
export const outOfTime = Symbol("out of time");

/** Runs functions within a time that they share. */
export type TimeLimit = <Result>(run: () => Result) => Result | typeof outOfTime;

const call = new Script("run()");

/**
 * A limit for what runs without a pause, such as a regular expression: what is under way when the time is over is ended.
 *
 * Invariant: `leftMs` is what earlier runs have left of the time; nothing runs once it is spent.
 */
export const createTimeLimit = (ms: number): TimeLimit => {
  const context = createContext({ run: () => undefined });
  let leftMs = ms;
  return <Result>(run: () => Result) => {
    if (leftMs < 1) return outOfTime;
    const startMs = performance.now();
    let result: Result | typeof outOfTime = outOfTime;
    context.run = () => {
      result = run();
    };
    try {
      // V8 ends the whole call, with the functions of this side that it has reached.
      call.runInContext(context, { timeout: Math.ceil(leftMs) });
    } catch (error) {
      if (!isTimeout(error)) throw error;
    } finally {
      leftMs -= performance.now() - startMs;
    }
    return result;
  };
};

/** The error is one of the context's, not of this side's classes. */
const isTimeout = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
