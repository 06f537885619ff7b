import { defineProjection } from "@student-events/consumer";
import {
  codeActivity,
  codeReviewed,
  exerciseAssigned,
  exerciseCompleted,
  learningQuery,
  learningQuiz,
} from "./reduce.js";
import { initialState } from "./state.js";

/** Mastery per student and module: emits `learning.progress` whenever a row appears or has another score. */
export const progress = defineProjection({
  name: "progress",
  initial: () => initialState,
  on: {
    learningQuery,
    learningQuiz,
    codeSubmitted: codeActivity,
    codeExecuted: codeActivity,
    codeReviewed,
    exerciseAssigned,
    exerciseCompleted,
  },
});
