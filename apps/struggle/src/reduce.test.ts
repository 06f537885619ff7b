import type { Module } from "@student-events/events";
import { describe, expect, it } from "vitest";
import * as reduce from "./reduce.js";
import { initialState, type StruggleState } from "./state.js";

const at = (time: string) => Date.parse(`2026-11-23T${time}Z`);

/** Drives the reducers by hand: keeps the state and the timers, fires none of them by itself. */
function student() {
  let state: StruggleState = initialState;
  let sent: reduce.StruggleAlert[] = [];
  const timers = new Map<string, { dueAtMs: number; data: unknown }>();
  const contextAt = (timeMs: number): reduce.StruggleContext => ({
    key: "42",
    timeMs,
    uuid: (purpose) => `${purpose} at ${timeMs}`,
    emit: { struggleDetected: (event) => sent.push(event) },
    timer: {
      set: (name, dueAtMs, data) => timers.set(name, { dueAtMs, data: JSON.parse(JSON.stringify(data)) }),
      clear: (name) => timers.delete(name),
    },
  });
  function applied(next: (state: StruggleState) => StruggleState) {
    sent = [];
    state = JSON.parse(JSON.stringify(next(state)));
    return sent.map(({ timestamp, payload }) => ({
      at: timestamp.slice(11, 19),
      trigger: payload.trigger_type,
      severity: payload.severity,
      module: payload.module,
    }));
  }
  const on = <Payload>(
    reducer: (
      state: StruggleState,
      event: { student_id: number; payload: Payload },
      ctx: reduce.StruggleContext,
    ) => StruggleState,
    time: string,
    payload: Payload,
  ) => applied((before) => reducer(before, { student_id: 42, payload }, contextAt(at(time))));
  const code = { submission_id: "s" };
  return {
    query: (time: string, query: string, module?: Module) => on(reduce.learningQuery, time, { query, module }),
    quiz: (time: string, module: Module, score: number) =>
      on(reduce.learningQuiz, time, { quiz_attempt_id: 1, module, score }),
    submit: (time: string, exercise_id?: number, module: Module = "oop") =>
      on(reduce.codeSubmitted, time, { ...code, module, exercise_id }),
    fail: (time: string, error_type?: string, module: Module = "oop", exercise_id?: number, error_message?: string) =>
      on(reduce.codeExecuted, time, { ...code, module, exercise_id, success: false, error_type, error_message }),
    succeed: (time: string) => on(reduce.codeExecuted, time, { ...code, module: "oop", success: true }),
    complete: (time: string, exercise_id: number) => on(reduce.exerciseCompleted, time, { exercise_id }),
    resolve: (alert_id: string, resolved_by: number) =>
      on(reduce.struggleResolved, "23:00:00", { alert_id, resolved_by }),
    fire: (name: string) => {
      const timer = timers.get(name);
      timers.delete(name);
      return timer ? applied((before) => reduce.stuckTimer(before, timer, contextAt(timer.dueAtMs))) : [];
    },
    deadlines: () => [...timers].map(([name, { dueAtMs }]) => [name, new Date(dueAtMs).toISOString().slice(11, 19)]),
    shown: () => state.alerts,
    sent: () => sent,
    state: () => state,
  };
}

describe("same_error_3x", () => {
  it("alerts when a run reaches 3, none again in that run", () => {
    const ben = student();
    expect(ben.fail("09:00:00", "NameError")).toEqual([]);
    expect(ben.fail("09:10:00", "NameError")).toEqual([]);
    expect(ben.fail("09:20:00", "NameError")).toMatchObject([{ trigger: "same_error_3x", severity: "medium" }]);
    expect(ben.fail("09:30:00", "NameError")).toEqual([]);
  });

  it("counts over all modules and alerts with the module of the third", () => {
    const ben = student();
    ben.fail("09:00:00", "NameError", "oop");
    ben.fail("09:10:00", "NameError", "files");
    expect(ben.fail("09:20:00", "NameError", "errors")).toMatchObject([{ module: "errors" }]);
  });

  it("shows the teacher what failed and in which exercise, as far as the run says", () => {
    const ben = student();
    for (const minute of ["00", "01", "02"]) ben.fail(`09:${minute}:00`, "NameError", "oop", 501, `no x ${minute}`);
    expect(ben.sent()[0]?.payload.trigger_data).toEqual({
      submission_id: "s",
      exercise_id: 501,
      error_type: "NameError",
      error_message: "no x 02",
      count: 3,
    });
    const eve = student();
    for (const minute of ["00", "01", "02"]) eve.fail(`09:${minute}:00`, "NameError");
    expect(eve.sent()[0]?.payload.trigger_data).toEqual({ submission_id: "s", error_type: "NameError", count: 3 });
  });

  it("alerts for a new run after the first has ended", () => {
    const ben = student();
    for (const minute of ["00", "01", "02"]) ben.fail(`09:${minute}:00`, "NameError");
    ben.succeed("09:03:00");
    for (const minute of ["10", "11"]) ben.fail(`09:${minute}:00`, "NameError");
    expect(ben.fail("09:12:00", "NameError")).toMatchObject([{ trigger: "same_error_3x" }]);
  });
});

describe("failed_executions_5x", () => {
  it("alerts when a run reaches 5, none again in that run", () => {
    const ben = student();
    for (const error of ["A", "B", undefined, "C"]) expect(ben.fail("09:00:00", error)).toEqual([]);
    expect(ben.fail("09:00:00", "D")).toMatchObject([{ trigger: "failed_executions_5x", severity: "high" }]);
    expect(ben.fail("10:00:00", "E")).toEqual([]);
  });

  it("can alert together with same_error_3x", () => {
    const ben = student();
    for (const error of ["A", "B", "C", "C"]) ben.fail("09:00:00", error);
    expect(ben.fail("09:00:00", "C").map(({ trigger }) => trigger)).toEqual(["same_error_3x", "failed_executions_5x"]);
  });
});

describe("quiz_fail", () => {
  it("alerts below 50", () => {
    expect(student().quiz("09:00:00", "oop", 49.99)).toEqual([
      { at: "09:00:00", trigger: "quiz_fail", severity: "medium", module: "oop" },
    ]);
    expect(student().quiz("09:00:00", "oop", 50)).toEqual([]);
  });
});

describe("explicit_help", () => {
  it("alerts with the module of the question, or none", () => {
    expect(student().query("09:00:00", "I\u2019m stuck", "oop")).toEqual([
      { at: "09:00:00", trigger: "explicit_help", severity: "high", module: "oop" },
    ]);
    const ben = student();
    ben.query("09:00:00", "I'm stuck");
    expect(ben.sent()[0]?.payload).not.toHaveProperty("module");
  });
});

describe("stuck_10min", () => {
  it("is due ten minutes after the first submitted or executed code that names the exercise", () => {
    const ben = student();
    ben.submit("09:00:00", 7);
    ben.fail("09:05:00", undefined, "oop", 7);
    ben.fail("09:06:00", undefined, "files", 8);
    expect(ben.deadlines()).toEqual([
      ["stuck/7", "09:10:00"],
      ["stuck/8", "09:16:00"],
    ]);
  });

  it("alerts once, dated start + 10 minutes, with the module of the start", () => {
    const ben = student();
    ben.submit("09:00:00", 7, "files");
    expect(ben.fire("stuck/7")).toEqual([{ at: "09:10:00", trigger: "stuck_10min", severity: "low", module: "files" }]);
    expect(ben.sent()[0]).toMatchObject({ student_id: 42 });
    ben.submit("10:00:00", 7, "files");
    expect(ben.deadlines()).toEqual([]);
  });

  it("is off once the exercise is completed", () => {
    const ben = student();
    ben.submit("09:00:00", 7);
    ben.complete("09:09:00", 7);
    expect(ben.deadlines()).toEqual([]);
  });

  it("never starts for a completed exercise", () => {
    const ben = student();
    ben.complete("09:00:00", 7);
    ben.submit("09:01:00", 7);
    expect(ben.deadlines()).toEqual([]);
  });

  it("does not start for code that names no exercise", () => {
    const ben = student();
    ben.submit("09:00:00");
    expect(ben.deadlines()).toEqual([]);
  });
});

describe("the cooldown", () => {
  it("drops an alert dated less than 5 minutes after the previous one", () => {
    const ben = student();
    ben.quiz("09:00:00", "oop", 0);
    expect(ben.quiz("09:04:59.999", "oop", 0)).toEqual([]);
    expect(ben.quiz("09:05:00", "oop", 0)).toHaveLength(1);
  });

  it("drops an alert dated less than 5 minutes before the previous one", () => {
    const ben = student();
    ben.quiz("09:05:00", "oop", 0);
    expect(ben.quiz("09:00:00.001", "oop", 0)).toEqual([]);
    expect(ben.quiz("09:00:00", "oop", 0)).toHaveLength(1);
  });

  it("counts from the previous alert that was sent, not from a dropped one", () => {
    const ben = student();
    ben.quiz("09:00:00", "oop", 0);
    ben.quiz("09:04:00", "oop", 0);
    expect(ben.quiz("09:06:00", "oop", 0)).toHaveLength(1);
  });

  it("is kept for each trigger and module apart, no module being one of them", () => {
    const ben = student();
    expect(ben.quiz("09:00:00", "oop", 0)).toHaveLength(1);
    expect(ben.quiz("09:00:00", "files", 0)).toHaveLength(1);
    expect(ben.query("09:00:00", "im stuck", "oop")).toHaveLength(1);
    expect(ben.query("09:00:00", "im stuck")).toHaveLength(1);
    expect(ben.query("09:01:00", "im stuck")).toEqual([]);
  });

  it("uses up the run of an alert that it drops", () => {
    const ben = student();
    for (const _ of [1, 2, 3]) ben.fail("09:00:00", "NameError");
    ben.succeed("09:00:30");
    for (const _ of [1, 2, 3]) ben.fail("09:01:00", "NameError");
    expect(ben.fail("09:30:00", "NameError")).toEqual([]);
  });

  it("uses up the exercise of an alert that it drops", () => {
    const ben = student();
    ben.submit("09:00:00", 7);
    ben.submit("09:01:00", 8);
    expect(ben.fire("stuck/7")).toHaveLength(1);
    expect(ben.fire("stuck/8")).toEqual([]);
    ben.submit("11:00:00", 8);
    expect(ben.deadlines()).toEqual([]);
  });
});

describe("struggle.resolved", () => {
  it("marks the alert as resolved on the teacher page", () => {
    const ben = student();
    ben.quiz("09:00:00", "oop", 0);
    ben.quiz("09:00:01", "files", 0);
    ben.resolve(ben.shown()[1]?.alert_id ?? "", 7);
    expect(ben.shown().map(({ resolved_by }) => resolved_by)).toEqual([null, 7]);
  });

  it("changes nothing for an alert that is not known", () => {
    const ben = student();
    ben.quiz("09:00:00", "oop", 0);
    const before = ben.state();
    ben.resolve("another", 7);
    expect(ben.state()).toEqual(before);
  });
});

describe("the state of a student", () => {
  it("shows the fifty latest alerts", () => {
    const ben = student();
    for (let hour = 0; hour < 12; hour += 1) {
      for (let minute = 0; minute < 60; minute += 5) {
        ben.quiz(`${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00`, "oop", 0);
      }
    }
    expect(ben.shown()).toHaveLength(50);
    expect(ben.shown().at(-1)?.at).toBe("2026-11-23T11:55:00.000Z");
  });
});
