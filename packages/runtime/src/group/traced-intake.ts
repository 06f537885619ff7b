import type { Tracing } from "../ports/tracing.js";
import type { Intake } from "./intake.js";

/** The intake with a span around each batch, where anything is traced. */
export function tracedIntake(
  { tracing, groupId }: { readonly tracing: Tracing | undefined; readonly groupId: string },
  takeIn: Intake,
): Intake {
  if (!tracing) return takeIn;
  return (lane, batch) => {
    const { topic, partition, records } = batch;
    if (records.length === 0) return takeIn(lane, batch);
    const span = tracing.receive({ groupId, topic, partition, records });
    takeIn(lane, batch);
    span.end();
  };
}
