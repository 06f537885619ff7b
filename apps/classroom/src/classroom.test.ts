import { describe, expect, it } from "vitest";
import { classroomEvents } from "./classroom.js";
import type { PlannedEvent } from "./planned.js";

const firstDayMs = Date.UTC(2026, 10, 23);

function take(count: number, options: { readonly students: number; readonly seed: number }): PlannedEvent[] {
  const events: PlannedEvent[] = [];
  for (const event of classroomEvents({ ...options, firstDayMs })) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

describe("a classroom", () => {
  it("has the same events for the same seed", () => {
    expect(take(2000, { students: 20, seed: 7 })).toEqual(take(2000, { students: 20, seed: 7 }));
  });

  it("has other events for another seed", () => {
    expect(take(200, { students: 20, seed: 7 })).not.toEqual(take(200, { students: 20, seed: 8 }));
  });

  it("tells events in the order of its time, and numbers each student's from 1 without a gap", () => {
    const events = take(5000, { students: 30, seed: 1 });
    const times = events.map(({ timeMs }) => timeMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const own of Map.groupBy(events, ({ studentId }) => studentId).values()) {
      expect(own.map(({ number }) => number)).toEqual(own.map((_, index) => index + 1));
      expect(own.every(({ timeMs }, index) => timeMs > (own[index - 1]?.timeMs ?? 0))).toBe(true);
    }
  });

  it("shows all that a class does within some days", () => {
    const events = take(5000, { students: 30, seed: 1 });
    expect(new Set(events.map(({ topic }) => topic)).size).toBe(8);
    expect(new Set(events.map(({ studentId }) => studentId)).size).toBe(30);
    expect(new Set(events.map(({ timeMs }) => new Date(timeMs).getUTCDate())).size).toBeGreaterThan(2);
  });

  it("ends with its first day when all its students are scripted", () => {
    const events = take(1000, { students: 2, seed: 1 });
    expect(new Set(events.map(({ studentId }) => studentId))).toEqual(new Set([1, 2]));
    expect(events.length).toBeLessThan(50);
  });
});
