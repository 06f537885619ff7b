import type { Kafka } from "kafkajs";
import { openCluster } from "./cluster.js";

/** kafkajs' queue of the requests of a connection. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/** Invariant: once true, kafkajs' queue is being replaced or is, and once only. */
let isFixed = false;

/**
 * Fixes the queue of kafkajs 2.2.4, which sets a timer for each connection again and again, a thousand times a second,
 * also when nothing waits; and with a negative time, of which Node 24 warns (TimeoutNegativeWarning). The class is taken from
 * a connection that is made for that and never opened, so no file of kafkajs has to be named: in a bundle there is none.
 */
export async function fixRequestQueue(kafka: Kafka): Promise<void> {
  if (isFixed) return;
  isFixed = true;
  const { connectionPoolBuilder } = openCluster(kafka, () => undefined);
  const { pool } = await connectionPoolBuilder.build({ host: "localhost", port: 9092 });
  const prototype = Object.getPrototypeOf(pool[0]?.requestQueue) as RequestQueue;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
