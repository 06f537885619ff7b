import { describe, expect, it } from "vitest";
import type { LoggedEvent } from "./read-log.js";
import { type Evidence, judge } from "./verdict.js";

/** A student's quizzes, a day apart, as they lie on the log. */
const quiz = (number: number, offset: number): LoggedEvent => ({
  topic: "learning.quiz",
  partition: 0,
  offset,
  number,
  emission: null,
  value: {
    event_id: `${number} at ${offset}`,
    student_id: 1,
    timestamp: `2026-11-0${number}T08:00:00Z`,
    payload: { module: "oop", score: 50 },
  },
});

const positions = (offsets: readonly number[]) =>
  offsets.map((offset) => ({ topic: "learning.quiz", partition: 0, offset }));

const change = (days: number, previous_level?: string): LoggedEvent => ({
  topic: "learning.progress",
  partition: 0,
  offset: days,
  number: null,
  emission: `progress#${days}`,
  value: { student_id: 1, timestamp: "2026-11-01T08:00:00Z", payload: { ...rowAfter(days), previous_level } as object },
});

const rowAfter = (days: number) => ({
  module: "oop",
  exercise_completion_pct: 0,
  quiz_score_avg: 50,
  code_quality_avg: 0,
  consistency_score: 10 * days,
  mastery_score: 15 + days,
  mastery_level: "beginner",
});

/** Three quizzes, all as it has to be. */
const asItHasToBe: Evidence = {
  published: 3,
  failed: 0,
  log: [quiz(1, 0), quiz(2, 1), quiz(3, 2), change(1), change(2, "beginner"), change(3, "beginner")],
  handled: { progress: positions([0, 1, 2]), struggle: positions([0, 1, 2]) },
  rows: [{ student_id: 1, ...rowAfter(3) }],
  alerts: [],
  untilMs: 0,
};

const findings = (changes: Partial<Evidence>) => judge({ ...asItHasToBe, ...changes }).findings.join("\n");
const withHandled = (offsets: readonly number[]) => ({
  handled: { ...asItHasToBe.handled, progress: positions(offsets) },
});

describe("the verdict", () => {
  it("finds nothing where all is as it has to be", () => {
    expect(findings({})).toBe("");
  });

  it("finds events that are not on the log", () => {
    expect(findings({ published: 4 })).toContain("4 events published, 3 in the log");
  });

  it("finds events that could not be published", () => {
    expect(findings({ failed: 1 })).toContain("1 events could not be published");
  });

  it("finds events that an app did not handle", () => {
    expect(findings(withHandled([0, 1]))).toContain("3 events for progress, 2 handled");
  });

  it("finds events that an app handled out of order", () => {
    expect(findings(withHandled([0, 2, 1]))).toContain("1 events out of order");
  });

  it("finds events that lie on the log out of order", () => {
    const [first, second, third, ...changes] = asItHasToBe.log;
    const log = [first, third, second, ...changes].filter((event) => event !== undefined);
    expect(findings({ log })).toContain("1 events out of order");
  });

  it("finds events that were applied twice", () => {
    expect(findings(withHandled([0, 1, 1, 2]))).toContain("1 events applied twice");
  });

  it("finds events that are on the log twice under two ids", () => {
    expect(findings({ log: [...asItHasToBe.log, quiz(3, 3)] })).toContain("1 events applied twice");
  });

  it("finds rows that are not as they have to be", () => {
    const text = findings({ rows: [{ student_id: 1, ...rowAfter(2) }] });
    expect(text).toContain("1 row of progress missing");
    expect(text).toContain("1 row of progress not expected");
  });

  it("finds published changes that are missing or in another order", () => {
    expect(findings({ log: asItHasToBe.log.slice(0, -1) })).toContain("1 learning.progress event missing");
    const swapped = [...asItHasToBe.log.slice(0, 4), ...asItHasToBe.log.slice(4).reverse()];
    expect(findings({ log: swapped })).toContain("learning.progress event missing");
  });

  it("finds alerts that are not expected", () => {
    const alert = { student_id: 1, trigger_type: "quiz_fail", severity: "medium", module: "oop", atMs: 0 };
    expect(findings({ alerts: [alert] })).toContain("1 row of struggle not expected");
  });
});
