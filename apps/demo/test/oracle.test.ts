import type { Topics } from "@keyline/runtime";
import { testProjection } from "@keyline/runtime/testing";
import { topics } from "@student-events/events";
import { progress } from "@student-events/progress";
import { struggle } from "@student-events/struggle";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedAlerts } from "../src/verify/expected-alerts.js";
import { expectedProgress } from "../src/verify/expected-progress.js";
import { eventsByStudent, progressTopics, type RecordedEvent } from "../src/verify/recorded.js";
import { histories } from "./histories.js";

const namesByAddress = new Map(Object.entries(topics).map(([name, { address }]) => [address, name]));

type Driver = ReturnType<typeof testProjection<unknown, Topics, Topics>>;

/** Gives a history to a projection, as the runtime would. */
function drive(projection: typeof progress | typeof struggle, events: readonly RecordedEvent[]): Driver {
  // What both projections have in common is all that is needed.
  const driver = testProjection(projection as never) as Driver;
  for (const { topic, value } of events) {
    const given = driver.given[namesByAddress.get(topic) ?? ""] as ((event: object) => unknown) | undefined;
    given?.(value);
  }
  return driver;
}

const emittedBy = (driver: Driver) =>
  driver.emitted.map(
    ({ event }) => event as { readonly student_id: number; readonly timestamp: string; readonly payload: object },
  );

const byKeys = (item: object) => JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
const sorted = (items: readonly object[]) => items.map(byKeys).sort();
const studentOf = ({ student_id }: { readonly student_id: number }) => student_id;

/** Of each student and module in order; one event's changes have no order between modules. */
const inOrder = <Change extends { readonly student_id: number; readonly module?: unknown }>(
  changes: readonly Change[],
) => Object.groupBy(changes, (change) => `${change.student_id}/${change.module}`);

describe("any history of any students", { timeout: 90_000 }, () => {
  it("makes the progress app publish what the domain says", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const changes = emittedBy(drive(progress, events)).map(({ student_id, payload }) => ({
          student_id,
          previous_level: undefined,
          ...payload,
        }));
        expect(inOrder(changes)).toEqual(inOrder(expectedProgress(events).changes));
      }),
      { numRuns: 150 },
    );
  });

  it("leaves the rows that the domain says", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const driver = drive(progress, events);
        const students = new Set(events.map(({ value }) => value.student_id));
        const rows = [...students].flatMap((student_id) => {
          const state = driver.state(String(student_id)) as ReturnType<typeof progress.initial>;
          return Object.entries(state.modules).map(([module, kept]) => ({ student_id, module, ...kept.row }));
        });
        expect(sorted(rows)).toEqual(sorted(expectedProgress(events).rows));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["that events alone move", Number.NEGATIVE_INFINITY],
    ["that the clock moves too", Date.parse("2026-12-24T00:00:00Z")],
  ])("sends the alerts that the domain says, by a time %s", (_, untilMs) => {
    fc.assert(
      fc.property(histories, (events) => {
        const driver = drive(struggle, events);
        driver.advanceTo(untilMs);
        const alerts = emittedBy(driver).map((event) => {
          const payload = event.payload as { trigger_type: string; severity: string; module?: string };
          const { trigger_type, severity, module = null } = payload;
          return { student_id: event.student_id, trigger_type, severity, module, atMs: Date.parse(event.timestamp) };
        });
        const expected = expectedAlerts(events, { untilMs });
        expect(Object.groupBy(alerts, studentOf)).toEqual(Object.groupBy(expected, studentOf));
      }),
      { numRuns: 200 },
    );
  });
});

describe("an event that was sent twice", () => {
  const quizzes = (count: number): RecordedEvent[] =>
    Array.from({ length: count }, (_, index) => ({
      topic: "learning.quiz",
      value: {
        event_id: `7d3c9a52-2f0b-4a8e-9d52-${String(index).padStart(12, "0")}`,
        correlation_id: "0b0c3f6e-1111-4222-8333-444455556666",
        student_id: 1,
        timestamp: "2026-11-23T08:00:00Z",
        payload: { quiz_attempt_id: 1, module: "oop", correct_count: 1, total_count: 2, score: index === 0 ? 100 : 0 },
      },
    }));
  const meanOf = (events: readonly RecordedEvent[]) => expectedProgress(events).rows[0]?.quiz_score_avg;

  it.each([
    [64, 64],
    [65, 66],
  ])("is ignored among the latest 64: first of %i, of which %i count", (length, counted) => {
    const events = quizzes(length);
    const again = [...events, ...events.slice(0, 1)];
    expect(eventsByStudent(again, progressTopics).get(1)).toHaveLength(counted);
    const state = drive(progress, again).state("1") as ReturnType<typeof progress.initial>;
    expect(state.modules.oop?.quizzes.count).toBe(counted);
    expect(state.modules.oop?.row?.quiz_score_avg).toBe(meanOf(again));
  });
});
