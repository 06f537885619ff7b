import { randomUUID } from "node:crypto";
import type { StruggleDetectedPayload } from "@student-events/events";
import { describe, expect, it } from "vitest";
import { learningProgress, struggleDetected, struggleResolved } from "./reduce.js";
import { initialState, type StudentState } from "./state.js";

const envelope = { timestamp: "2026-09-07T09:00:00.000Z", correlation_id: randomUUID() };
const detected = (state: StudentState, alert_id: string, trigger_data: StruggleDetectedPayload["trigger_data"] = {}) =>
  struggleDetected(
    state,
    { ...envelope, payload: { alert_id, trigger_type: "quiz_fail", severity: "medium", module: "oop", trigger_data } },
    { partition: 3, offset: 7 },
  );
const resolved = (state: StudentState, alert_id: string, resolved_by: number) =>
  struggleResolved(state, { timestamp: "2026-09-07T09:05:00.000Z", payload: { alert_id, resolved_by } });

describe("an alert", () => {
  it("is kept once, with where it lies, until it is resolved; the first time counts", () => {
    const open = detected(detected(initialState, "a"), "a");
    expect(open.alerts).toMatchObject([{ alert_id: "a", partition: 3, offset: 7, resolved: null }]);
    const seen = resolved(resolved(open, "a", 4), "a", 5);
    expect(seen.alerts).toMatchObject([{ resolved: { by: 4, at: "2026-09-07T09:05:00.000Z" } }]);
  });

  it("is resolved from the start when its resolution came first", () => {
    const early = resolved(initialState, "a", 4);
    const both = detected(detected(early, "a"), "b");
    expect(both.alerts.map(({ resolved }) => resolved?.by ?? null)).toEqual([4, null]);
    expect(both.early).toEqual([]);
  });

  it("goes a week after it was dealt with, when the student's next alert comes; an open one stays", () => {
    const state = detected(resolved(detected(initialState, "seen"), "seen", 4), "open");
    const later = (timestamp: string) =>
      struggleDetected(
        state,
        {
          ...envelope,
          timestamp,
          payload: { alert_id: "new", trigger_type: "quiz_fail", severity: "low", trigger_data: {} },
        },
        { partition: 3, offset: 8 },
      ).alerts.map(({ alert_id }) => alert_id);
    expect(later("2026-09-14T09:05:00.000Z")).toEqual(["seen", "open", "new"]);
    expect(later("2026-09-14T09:05:00.001Z")).toEqual(["open", "new"]);
  });

  it("gives way to newer ones only beyond fifty: one that was dealt with first", () => {
    let state = initialState;
    for (let index = 0; index < 50; index += 1) state = detected(state, `a${index}`);
    state = detected(resolved(state, "a20", 1), "new");
    expect(state.alerts).toHaveLength(50);
    expect(state.alerts.some(({ alert_id }) => alert_id === "a20")).toBe(false);
    expect(detected(state, "newer").alerts[0]?.alert_id).toBe("a1");
  });

  it("shows of its evidence what is short and plain", () => {
    const trigger_data = {
      error_type: "x".repeat(300),
      count: 3,
      inner: { deep: true },
      list: [1],
      ok: false,
      none: null,
    };
    const [alert] = detected(initialState, "a", trigger_data).alerts;
    expect(alert?.evidence).toEqual({ error_type: `${"x".repeat(200)}…`, count: 3, ok: false });
  });
});

it("keeps the latest mastery of each module", () => {
  const score = (mastery_score: number) => ({
    payload: {
      module: "oop" as const,
      exercise_completion_pct: 0,
      quiz_score_avg: 0,
      code_quality_avg: 0,
      consistency_score: 0,
      mastery_score,
      mastery_level: "learning" as const,
    },
  });
  expect(learningProgress(learningProgress(initialState, score(50)), score(61)).modules).toEqual({
    oop: { score: 61, level: "learning" },
  });
});
