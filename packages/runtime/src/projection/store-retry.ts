import { isKeylineError } from "../errors.js";
import type { Retry } from "../retry.js";

/** Asks again for what store or broker cannot give now, until the signal says that the answer is of no use any more. */
export const storeRetry = (signal: AbortSignal): Retry => ({
  firstPauseMs: 50,
  longestPauseMs: 5000,
  mayRetry: (caught) => isKeylineError(caught) && caught.retryable,
  signal,
});
