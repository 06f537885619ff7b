import type { Module, Severity, Trigger, WireAlert } from "../../src/wire.js";

export const triggerTexts: Readonly<Record<Trigger, string>> = {
  same_error_3x: "Same error again",
  failed_executions_5x: "Nothing runs",
  quiz_fail: "Failed a quiz",
  explicit_help: "Asks for help",
  stuck_10min: "Stuck on an exercise",
};

/** A shape beside the colour. */
export const severityMarks: Readonly<Record<Severity, string>> = { high: "▲", medium: "●", low: "○" };

export const moduleText = (module: Module) => module.replace("-", " ");

/** Why there is an alert. */
export function evidenceText({ trigger, evidence }: WireAlert): string {
  const { error_type, error_message, count, score, phrase } = evidence;
  switch (trigger) {
    case "same_error_3x":
      return [
        `${error_type ?? "the same error"}, ${count ?? 3} times in a row`,
        ...(error_message ? [error_message] : []),
      ].join(": ");
    case "failed_executions_5x":
      return `${count ?? 5} runs in a row failed${error_type ? `, lastly with ${error_type}` : ""}`;
    case "quiz_fail":
      return `scored ${score ?? "below 50"}, needs 50 to pass`;
    case "explicit_help":
      return `wrote “${phrase ?? "help"}”`;
    case "stuck_10min":
      return "ten minutes and not done";
  }
}

/** Where it happened: the module, and the exercise if the evidence has one. */
export function placeText({ module, evidence }: WireAlert): string {
  const parts = [
    ...(module ? [moduleText(module)] : []),
    ...(typeof evidence.exercise_id === "number" ? [`exercise ${evidence.exercise_id}`] : []),
  ];
  return parts.join(", ");
}
