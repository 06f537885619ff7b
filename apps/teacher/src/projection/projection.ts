import { defineProjection } from "@student-events/consumer";
import { learningProgress, struggleDetected, struggleResolved } from "./reduce.js";
import { initialState } from "./state.js";

/** What the page shows of each student: alerts with their evidence, and mastery. Emits nothing. */
export const teacher = defineProjection({
  name: "teacher",
  initial: () => initialState,
  on: { learningProgress, struggleDetected, struggleResolved },
});
