import type { Random } from "@keyline/runtime/testing";

/** An event of the student domain, as its payload says it. */
export interface StudentEvent {
  readonly event_id: string;
  readonly correlation_id: string;
  readonly student_id: number;
  readonly event_type: string;
  readonly timestamp: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The topics that are written to. */
export const topicNames = ["learning.quiz", "code.submitted", "code.executed", "exercise.completed"] as const;

export type TopicName = (typeof topicNames)[number];

const modules = ["basics", "control-flow", "data-structures", "functions", "oop", "files"] as const;

const payloads: { readonly [Name in TopicName]: (random: Random) => StudentEvent["payload"] } = {
  "learning.quiz": (random) => ({
    ...{ quiz_attempt_id: random.below(1e6), module: random.pick(modules) },
    ...{ correct_count: 7, total_count: 10, score: random.below(101) },
  }),
  "code.submitted": (random) => ({
    ...{ submission_id: random.uuid(), module: random.pick(modules), exercise_id: random.below(500) },
    code: "for n in range(10):\n    print(n * n)\n".repeat(1 + random.below(4)),
  }),
  "code.executed": (random) => ({
    ...{ submission_id: random.uuid(), module: random.pick(modules), success: random.next() < 0.7 },
    execution_time_ms: random.below(4000),
  }),
  "exercise.completed": (random) => ({
    ...{ exercise_id: random.below(500), module: random.pick(modules), submission_id: random.uuid() },
    ...{ score: random.below(101), passed_count: 5, total_count: 5 },
  }),
};

/** A good event of a student. */
export function studentEvent(topic: TopicName, student: number, atMs: number, random: Random): StudentEvent {
  return {
    ...{ event_id: random.uuid(), correlation_id: random.uuid(), student_id: student, event_type: topic },
    timestamp: new Date(atMs).toISOString(),
    payload: payloads[topic](random),
  };
}

/** A structured CloudEvent, as any service may write it. */
export function cloudEvent(source: string, event: StudentEvent, more: Readonly<Record<string, unknown>> = {}): object {
  return {
    ...{ specversion: "1.0", id: event.event_id, source, type: event.event_type, time: event.timestamp },
    ...{ datacontenttype: "application/json", data: event },
    ...more,
  };
}
