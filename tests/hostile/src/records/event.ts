import { randomUUID } from "node:crypto";
import { classroomEvents, type PlannedEvent } from "@student-events/classroom";
import { type EventTopics, topics } from "@student-events/events";

/** A valid event of the contract, as JSON. */
export interface Event {
  readonly event_id: string;
  readonly correlation_id: string;
  readonly student_id: number;
  readonly event_type: string;
  readonly timestamp: string;
  readonly payload: object;
}

/** A valid event and its topic. */
export interface Placed {
  readonly topic: keyof EventTopics;
  readonly event: Event;
}

const firstDayMs = Date.UTC(2026, 10, 23);

/** The first events of a class, all valid. */
export function validEvents(students: number, count: number, seed = 1): readonly Placed[] {
  const found: Placed[] = [];
  for (const planned of classroomEvents({ students, seed, firstDayMs, firstStudent: 11 })) {
    if (found.length === count) break;
    found.push(placed(planned));
  }
  return found;
}

/** What the apps and the teacher's page publish, and anybody with the right to write can make up. */
export function validOutputs(): readonly Placed[] {
  const alert_id = randomUUID();
  const mastery = { mastery_score: 40, mastery_level: "beginner", consistency_score: 10 } as const;
  const components = { exercise_completion_pct: 50, quiz_score_avg: 50, code_quality_avg: 50 };
  const alert = { alert_id, trigger_type: "quiz_fail", severity: "medium", trigger_data: {} };
  return [
    output("learningProgress", { module: "basics", ...mastery, ...components }),
    output("struggleDetected", alert),
    output("struggleResolved", { alert_id, resolved_by: 7 }),
  ];
}

const output = (topic: keyof EventTopics, payload: object): Placed => ({
  topic,
  event: {
    event_id: randomUUID(),
    correlation_id: randomUUID(),
    student_id: 1,
    event_type: topics[topic].address,
    timestamp: new Date(firstDayMs).toISOString(),
    payload,
  },
});

function placed({ topic, studentId, correlationId, timeMs, payload }: PlannedEvent): Placed {
  const event = {
    event_id: randomUUID(),
    correlation_id: correlationId,
    student_id: studentId,
    event_type: topics[topic].address,
    timestamp: new Date(timeMs).toISOString(),
    payload,
  };
  return { topic, event };
}
