import { struggleDetectedTopic } from "@student-events/events";
import type { createProducer } from "@student-events/producer";
import type { ClassModel } from "./feed/class-model.js";

/** Publishes that a teacher has seen to alerts. */
export interface Seen {
  /** Resolves to how many were open, once the log has them; undefined where one of the alerts is not known. */
  seen(alerts: readonly string[]): Promise<number | undefined>;
  close(): Promise<void>;
}

/** @see Seen */
export function createSeen(options: {
  readonly producer: Pick<ReturnType<typeof createProducer>, "struggleResolved" | "close">;
  readonly model: Pick<ClassModel, "alert">;
  readonly teacherId: number;
  readonly clock: () => number;
}): Seen {
  const { producer, model, teacherId, clock } = options;
  return {
    async seen(alerts) {
      const known = alerts.flatMap((id) => model.alert(id) ?? []);
      if (known.length < alerts.length) return undefined;
      const open = known.filter(({ alert }) => alert.resolved === null);
      const timestamp = new Date(clock()).toISOString();
      await Promise.all(
        open.map(({ key, alert: { alert_id, correlation_id, partition, offset } }) =>
          producer.struggleResolved(
            {
              student_id: Number(key),
              correlation_id,
              timestamp,
              payload: { alert_id, resolved_by: teacherId },
            },
            { after: { topic: struggleDetectedTopic.address, partition, offset } },
          ),
        ),
      );
      return open.length;
    },
    close: () => producer.close(),
  };
}
