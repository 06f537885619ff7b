import { isKeylineError } from "../errors.js";
import { laneRetry } from "../group/lane-retry.js";
import type { Retry } from "../retry.js";
import type { StoreWait } from "./store-wait.js";

/** As {@link laneRetry}; says meanwhile what the store answered. */
export function storeRetry(signal: AbortSignal, storeWait: StoreWait): Retry {
  const lane = laneRetry(signal);
  return {
    ...lane,
    mayRetry(caught, pauseMs) {
      if (!lane.mayRetry(caught, pauseMs)) return false;
      if (isKeylineError(caught) && caught.code === "store_unavailable") storeWait.failed(caught);
      return true;
    },
  };
}
