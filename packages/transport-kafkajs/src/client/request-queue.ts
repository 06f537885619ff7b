import { createRequire } from "node:module";

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/** Invariant: once true, kafkajs' queue is replaced, and once only. */
let isFixed = false;

/**
 * Fixes the queue of kafkajs 2.2.4, which sets a timer for each connection again and again, a thousand times a second,
 * also when nothing waits; and with a negative time, of which Node 24 warns (TimeoutNegativeWarning).
 */
export function fixRequestQueue(): void {
  if (isFixed) return;
  isFixed = true;
  const require = createRequire(import.meta.url);
  const { prototype } = require("kafkajs/src/network/requestQueue/index.js") as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
