import { isKeylineError } from "../errors.js";
import type { Retry } from "../retry.js";

/**
 * Asks again for what a lane is not given now, until the signal says that the answer is of no use any more. A member of a group
 * does not end since a broker was away while a lane came to it: the lane is opened later.
 */
export const laneRetry = (signal: AbortSignal): Retry => ({
  firstPauseMs: 50,
  longestPauseMs: 5000,
  mayRetry: (caught) => isKeylineError(caught) && caught.retryable,
  signal,
});
