import fc from "fast-check";
import type { RecordedEvent } from "../src/verify/recorded.js";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Steps of a student's clock, many of them just at a bound of the domain's rules, some back in time. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 999, minuteMs, 2 * minuteMs) },
  { weight: 4, arbitrary: fc.constantFrom(5 * minuteMs - 1, 5 * minuteMs, 10 * minuteMs, 10 * minuteMs + 1) },
  { weight: 2, arbitrary: fc.constantFrom(dayMs, dayMs - 1, 2 * dayMs) },
  { weight: 2, arbitrary: fc.constantFrom(-1, -minuteMs, -5 * minuteMs, -dayMs, -3 * dayMs) },
);

const fields = fc.record({
  student_id: fc.constantFrom(1, 42, 9_007_199_254_740_991),
  step,
  module: fc.constantFrom("basics", "control-flow", "oop"),
  exercise_id: fc.option(fc.constantFrom(1, 2, 3), { nil: undefined }),
  score: fc.oneof(
    fc.constantFrom(0, 49.99, 50, 100),
    fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100),
  ),
  error_type: fc.option(fc.constantFrom("NameError", "TypeError"), { nil: undefined }),
  success: fc.boolean(),
  text: fc.constantFrom(
    "why?",
    "I'm stuck",
    "I\u2019m \n STUCK",
    "I don\u02bct understand",
    "i am stuckless",
    "I am not stuck",
  ),
  event_id: fc.uuid(),
  topic: fc.constantFrom(
    "learning.query",
    "learning.quiz",
    "code.submitted",
    "code.submitted",
    "code.executed",
    "code.executed",
    "code.executed",
    "code.reviewed",
    "exercise.assigned",
    "exercise.completed",
    "struggle.resolved",
    "learning.response",
  ),
  /** How far back the event lies that is sent once more instead. */
  again: fc.option(fc.constantFrom(1, 2, 7, 63, 64, 65, 70), { freq: 8 }),
});

/** Events of a few students, interleaved anyhow, some of them sent twice. */
export const histories: fc.Arbitrary<readonly RecordedEvent[]> = fc
  .array(fields, { minLength: 1, maxLength: 200, size: "max" })
  .map((rows) => {
    const clocks = new Map<number, number>();
    const events: RecordedEvent[] = [];
    for (const row of rows) {
      const earlier = row.again === null ? undefined : events.at(-row.again);
      events.push(earlier ?? eventOf(row, tick(clocks, row.student_id, row.step)));
    }
    return events;
  });

function tick(clocks: Map<number, number>, student: number, stepMs: number): number {
  const now = (clocks.get(student) ?? Date.parse("2026-11-23T23:50:00Z")) + stepMs;
  clocks.set(student, now);
  return now;
}

type Fields = typeof fields extends fc.Arbitrary<infer Row> ? Row : never;

function eventOf(row: Fields, timeMs: number): RecordedEvent {
  const { student_id, event_id, topic } = row;
  const timestamp = new Date(timeMs).toISOString();
  return { topic, value: { event_id, student_id, timestamp, payload: payloadOf(row) } };
}

const id = "3f3f3f3f-0000-4000-8000-000000000001";
const counts = { passed_count: 1, total_count: 2 };

function payloadOf({ topic, module, exercise_id, score, error_type, success, text }: Fields) {
  const submission = { submission_id: id, module, ...(exercise_id === undefined ? {} : { exercise_id }) };
  const error = error_type ? { error_type } : {};
  switch (topic) {
    case "learning.query":
      return { query: text, ...(success ? { module } : {}) };
    case "learning.quiz":
      return { quiz_attempt_id: 1, module, correct_count: 1, total_count: 1, score };
    case "code.submitted":
      return { ...submission, code: "" };
    case "code.executed":
      return { ...submission, success, execution_time_ms: 1, ...error };
    case "code.reviewed":
      return { ...submission, rating: score };
    case "exercise.assigned":
      return { exercise_id: exercise_id ?? 4, module, difficulty: "easy", title: "" };
    case "exercise.completed":
      return { ...submission, exercise_id: exercise_id ?? 4, score, ...counts };
    default:
      return topic === "struggle.resolved" ? { alert_id: id, resolved_by: 1 } : { agent: "debug", response: "" };
  }
}
