import { defineProjection } from "@student-events/consumer";
import {
  codeExecuted,
  codeSubmitted,
  exerciseCompleted,
  learningQuery,
  learningQuiz,
  struggleResolved,
  stuckTimer,
  timePasses,
} from "./reduce.js";
import { initialState } from "./state.js";

/** Who needs help: emits `struggle.detected` for five triggers, cooled down per student, trigger and module. */
export const struggle = defineProjection({
  name: "struggle",
  initial: () => initialState,
  on: {
    learningQuery,
    learningQuiz,
    codeSubmitted,
    codeExecuted,
    codeReviewed: timePasses,
    exerciseAssigned: timePasses,
    exerciseCompleted,
    struggleResolved,
  },
  onTimer: stuckTimer,
});
