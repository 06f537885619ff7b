import { describe, expect, it } from "vitest";
import { latencyOf, summarise } from "./latency.js";

const alert = { alertId: "a", studentId: 1, severity: "low", module: null, atMs: 5, seenMs: 30, trigger: "quiz_fail" };

describe("the latency of an alert", () => {
  const clock = { now: () => 0, sending: () => () => {}, reachedAt: (timeMs: number) => (timeMs === 6 ? 28 : null) };
  const sentAt = (studentId: number, timeMs: number) => (studentId === 1 && timeMs === 5 ? 10 : null);

  it("counts from when its event was sent", () => {
    expect(latencyOf(alert, { clock, sentAt })).toBe(20);
  });

  it("counts from when the classroom's time passed its deadline", () => {
    expect(latencyOf({ ...alert, trigger: "stuck_10min" }, { clock, sentAt })).toBe(2);
  });

  it("is unknown for an event that was not sent", () => {
    expect(latencyOf({ ...alert, studentId: 2 }, { clock, sentAt })).toBeNull();
  });
});

describe("latencies", () => {
  it("are summarised by rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(summarise(hundred)).toEqual({ count: 100, p50Ms: 50, p99Ms: 99, maxMs: 100 });
    expect(summarise([])).toEqual({ count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
  });
});
