import type { Module } from "@student-events/events";
import { describe, expect, it } from "vitest";
import * as reduce from "./reduce.js";
import { initialState, type ProgressState } from "./state.js";

const at = (text: string) => `2026-11-${text}:00Z`;

/** Drives the reducers by hand: keeps the state and what was emitted. */
function student() {
  let state: ProgressState = initialState;
  let emitted: reduce.ProgressChange[] = [];
  function on<Payload extends object>(
    reducer: (
      state: ProgressState,
      event: { readonly student_id: number; readonly timestamp: string; readonly payload: Payload },
      ctx: reduce.ProgressContext,
    ) => ProgressState,
    time: string,
    payload: Payload,
  ) {
    emitted = [];
    const ctx = {
      timeMs: Date.parse(at(time)),
      emit: { learningProgress: (event: reduce.ProgressChange) => emitted.push(event) },
    };
    state = JSON.parse(JSON.stringify(reducer(state, { student_id: 42, timestamp: at(time), payload }, ctx)));
    return emitted.map(({ payload }) => payload);
  }
  return {
    query: (time: string) => on(reduce.learningQuery, time, {}),
    quiz: (time: string, module: Module, score: number) => on(reduce.learningQuiz, time, { module, score }),
    code: (time: string, module: Module) => on(reduce.codeActivity, time, { module }),
    review: (time: string, module: Module, rating: number) => on(reduce.codeReviewed, time, { module, rating }),
    assign: (time: string, module: Module, exercise_id: number) =>
      on(reduce.exerciseAssigned, time, { module, exercise_id }),
    complete: (time: string, module: Module, exercise_id: number) =>
      on(reduce.exerciseCompleted, time, { module, exercise_id }),
    row: (module: Module) => state.modules[module]?.row,
    emitted: () => emitted,
  };
}

describe("a row", () => {
  it("does not exist for a query", () => {
    expect(student().query("23T09:00")).toEqual([]);
  });

  it("exists from the first event that names its module, also where its score is 0", () => {
    expect(student().assign("23T09:00", "oop", 1)).toEqual([
      {
        module: "oop",
        exercise_completion_pct: 0,
        quiz_score_avg: 0,
        code_quality_avg: 0,
        consistency_score: 0,
        mastery_score: 0,
        mastery_level: "beginner",
      },
    ]);
  });

  it("exists from submitted or executed code, with the day's consistency", () => {
    expect(student().code("23T09:00", "files")).toMatchObject([{ module: "files", mastery_score: 1 }]);
  });

  it("exists from a review, which does not count as activity", () => {
    expect(student().review("23T09:00", "files", 50)).toMatchObject([{ mastery_score: 10, consistency_score: 0 }]);
  });
});

describe("learning.progress", () => {
  it("has no previous_level the first time and the level before after that", () => {
    const ada = student();
    expect(ada.quiz("23T09:00", "oop", 100)[0]).not.toHaveProperty("previous_level");
    expect(ada.complete("23T09:05", "oop", 1)[0]).toMatchObject({
      mastery_score: 71,
      mastery_level: "proficient",
      previous_level: "beginner",
    });
  });

  it("goes out only when the rounded score changes", () => {
    const ada = student();
    ada.quiz("23T09:00", "oop", 80);
    expect(ada.quiz("23T09:05", "oop", 80)).toEqual([]);
    expect(ada.quiz("23T09:10", "oop", 81)).toHaveLength(1);
  });

  it("keeps the components of a row up to date when the rounded score stays", () => {
    const ada = student();
    ada.quiz("23T09:00", "oop", 80);
    expect(ada.quiz("23T09:05", "oop", 80.02)).toEqual([]);
    expect(ada.row("oop")?.quiz_score_avg).toBeCloseTo(80.01, 9);
  });

  it("goes out for every module whose rounded score changes when the streak grows", () => {
    const ada = student();
    ada.code("23T09:00", "oop");
    ada.quiz("23T09:05", "basics", 50);
    expect(ada.query("24T09:00")).toMatchObject([
      { module: "basics", mastery_score: 17, previous_level: "beginner" },
      { module: "oop", mastery_score: 2, previous_level: "beginner" },
    ]);
  });

  it("goes out for a late event that lengthens the streak", () => {
    const ada = student();
    ada.code("21T09:00", "oop");
    expect(ada.code("23T09:00", "oop")).toEqual([]);
    expect(ada.query("22T12:00")).toMatchObject([{ consistency_score: 30, mastery_score: 3 }]);
  });

  it("goes out when a broken streak lowers the score", () => {
    const ada = student();
    ada.code("21T09:00", "oop");
    ada.query("22T09:00");
    expect(ada.query("25T09:00")).toMatchObject([{ consistency_score: 10, mastery_score: 1 }]);
  });

  it("is dated by the event that caused it", () => {
    const ada = student();
    ada.code("23T09:00", "oop");
    expect(ada.emitted()[0]).toMatchObject({ student_id: 42, timestamp: "2026-11-23T09:00:00.000Z" });
  });
});

describe("exercise completion", () => {
  it("counts distinct exercises assigned or completed", () => {
    const ada = student();
    ada.assign("23T09:00", "oop", 1);
    ada.assign("23T09:00", "oop", 1);
    ada.assign("23T09:00", "oop", 2);
    ada.complete("23T09:10", "oop", 1);
    ada.complete("23T09:11", "oop", 1);
    expect(ada.row("oop")?.exercise_completion_pct).toBe(50);
  });

  it("counts an exercise that was completed without having been assigned", () => {
    const ada = student();
    ada.assign("23T09:00", "oop", 1);
    ada.complete("23T09:10", "oop", 2);
    expect(ada.row("oop")?.exercise_completion_pct).toBe(50);
  });

  it("leaves a completed exercise completed when it is assigned again", () => {
    const ada = student();
    ada.complete("23T09:10", "oop", 1);
    ada.assign("23T09:20", "oop", 1);
    expect(ada.row("oop")?.exercise_completion_pct).toBe(100);
  });

  it("is kept for each module apart", () => {
    const ada = student();
    ada.complete("23T09:10", "oop", 1);
    ada.assign("23T09:20", "files", 1);
    expect(ada.row("oop")?.exercise_completion_pct).toBe(100);
    expect(ada.row("files")?.exercise_completion_pct).toBe(0);
  });
});

describe("the first scripted student", () => {
  it("stands at 68.00 in control-flow on the first day", () => {
    const ada = student();
    for (const exercise of [1, 2, 3, 4, 5]) ada.assign("23T09:00", "control-flow", exercise);
    for (const exercise of [1, 2, 3]) ada.complete("23T09:30", "control-flow", exercise);
    ada.query("23T10:00");
    ada.code("23T10:05", "control-flow");
    ada.review("23T10:06", "control-flow", 95);
    expect(ada.quiz("23T10:20", "control-flow", 80)).toMatchObject([{ mastery_score: 68, mastery_level: "learning" }]);
  });
});
