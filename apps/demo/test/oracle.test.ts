import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as progress from "../../progress/src/reduce.js";
import { initialState as progressInitial } from "../../progress/src/state.js";
import * as struggle from "../../struggle/src/reduce.js";
import { initialState as struggleInitial } from "../../struggle/src/state.js";
import { expectedAlerts } from "../src/verify/expected-alerts.js";
import { expectedProgress } from "../src/verify/expected-progress.js";
import { drive } from "./drive.js";
import { histories } from "./histories.js";

const progressApp = {
  initial: progressInitial,
  on: {
    "learning.query": progress.learningQuery,
    "learning.quiz": progress.learningQuiz,
    "code.submitted": progress.codeActivity,
    "code.executed": progress.codeActivity,
    "code.reviewed": progress.codeReviewed,
    "exercise.assigned": progress.exerciseAssigned,
    "exercise.completed": progress.exerciseCompleted,
  },
};

const struggleApp = {
  initial: struggleInitial,
  on: {
    "learning.query": struggle.learningQuery,
    "learning.quiz": struggle.learningQuiz,
    "code.submitted": struggle.codeSubmitted,
    "code.executed": struggle.codeExecuted,
    "code.reviewed": struggle.timePasses,
    "exercise.assigned": struggle.timePasses,
    "exercise.completed": struggle.exerciseCompleted,
    "struggle.resolved": struggle.struggleResolved,
  },
  onTimer: struggle.stuckTimer,
};

const byKeys = (item: object) => JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
const sorted = (items: readonly object[]) => items.map(byKeys).sort();
const studentOf = ({ student_id }: { readonly student_id: number }) => student_id;

/** Of each student and module in order; one event's changes have no order between modules. */
const inOrder = <Change extends { readonly student_id: number; readonly module?: unknown }>(
  changes: readonly Change[],
) => Object.groupBy(changes, (change) => `${change.student_id}/${change.module}`);

describe("any history of any students", () => {
  it("makes the progress app publish what the domain says", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const changes = drive(progressApp, events).emitted.map(({ student_id, payload }) => ({
          student_id,
          previous_level: undefined,
          ...(payload as progress.ProgressChange["payload"]),
        }));
        expect(inOrder(changes)).toEqual(inOrder(expectedProgress(events).changes));
      }),
      { numRuns: 300 },
    );
  });

  it("leaves the rows that the domain says", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const rows = [...drive(progressApp, events).states].flatMap(([student_id, state]) =>
          Object.entries((state as typeof progressInitial).modules).map(([module, kept]) => ({
            student_id,
            module,
            ...kept.row,
          })),
        );
        expect(sorted(rows)).toEqual(sorted(expectedProgress(events).rows));
      }),
      { numRuns: 300 },
    );
  });

  it.each([undefined, Date.parse("2026-12-24T00:00:00Z")])(
    "sends the alerts that the domain says (clock %s)",
    (untilMs) => {
      fc.assert(
        fc.property(histories, (events) => {
          const alerts = drive(struggleApp, events, untilMs).emitted.map((event) => {
            const { trigger_type, severity, module } = event.payload as struggle.StruggleAlert["payload"];
            const atMs = Date.parse(event.timestamp);
            return { student_id: event.student_id, trigger_type, severity, module: module ?? null, atMs };
          });
          const expected = expectedAlerts(events, untilMs === undefined ? {} : { untilMs });
          expect(Object.groupBy(alerts, studentOf)).toEqual(Object.groupBy(expected, studentOf));
        }),
        { numRuns: 500 },
      );
    },
  );
});
