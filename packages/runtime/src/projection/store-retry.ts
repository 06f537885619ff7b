import { isKeylineError } from "../errors.js";
import type { Retry } from "../retry.js";
import type { StoreWait } from "./store-wait.js";

/** Asks again for what store or broker cannot give now, until the signal says that the answer is of no use any more. */
export const storeRetry = (signal: AbortSignal, storeWait?: StoreWait): Retry => ({
  firstPauseMs: 50,
  longestPauseMs: 5000,
  mayRetry(caught) {
    if (!isKeylineError(caught) || !caught.retryable) return false;
    if (caught.code === "store_unavailable") storeWait?.failed(caught);
    return true;
  },
  signal,
});
