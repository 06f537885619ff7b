// What the server and the page call the same things.
import type { MasteryLevel, Module, StruggleDetectedPayload } from "@student-events/events";

type Trigger = StruggleDetectedPayload["trigger_type"];

/** What a student did, or could not do, that is an alert. */
export const triggerTexts: Readonly<Record<Trigger, string>> = {
  explicit_help: "Asked for help",
  failed_executions_5x: "Code kept failing",
  same_error_3x: "Repeated an error",
  quiz_fail: "Failed a quiz",
  stuck_10min: "Got stuck",
};

export const moduleTexts: Readonly<Record<Module, string>> = {
  basics: "Basics",
  "control-flow": "Control flow",
  "data-structures": "Data structures",
  functions: "Functions",
  oop: "OOP",
  files: "Files",
  errors: "Errors",
  libraries: "Libraries",
};

export const levels = ["beginner", "learning", "proficient", "mastered"] as const satisfies readonly MasteryLevel[];

/** Rounded up, so that the number never belongs to another level: 90.3 is mastered, and 90 is not. */
export const scoreText = (score: number) => String(Math.ceil(score));
