import { expect, it } from "vitest";
import { describe } from "./describe.js";

it.each([
  ["learningQuiz", { correct_count: 2, total_count: 4, score: 50 }, "Took a quiz: 2 of 4 right", "good"],
  ["learningQuiz", { correct_count: 1, total_count: 4, score: 49.9 }, "Failed a quiz: 1 of 4 right", "bad"],
  ["codeExecuted", { success: false, error_type: "NameError" }, "Run failed: NameError", "bad"],
  ["struggleDetected", { trigger_type: "explicit_help", severity: "high" }, "Alert, high: asked for help", "bad"],
  ["struggleDetected", { trigger_type: "of_a_newer_app", severity: "low" }, "Alert, low: of a newer app", "bad"],
  ["ofANewerContract", {}, "ofANewerContract", null],
])("says what %s %j is about", (message, payload, what, outcome) => {
  expect(describe(message, payload)).toMatchObject({ what, outcome });
});
