import type { Module, Severity, WireAlert } from "../../src/wire.js";
import { moduleTexts, triggerTexts } from "../../src/words.js";
import type { Reason } from "../live/needs.js";

export const severityTexts: Readonly<Record<Severity, string>> = { high: "High", medium: "Medium", low: "Low" };

/** Of a timeline's event too, whose module may be newer than this page. */
export const moduleText = (module: string) => moduleTexts[module as Module] ?? module;

export const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** What happened, and how often: what stands after it is of the last time. */
export function reasonText({ trigger, alerts }: Pick<Reason, "trigger" | "alerts">): string {
  const text = triggerTexts[trigger];
  return alerts.length === 1 ? text : `${text} ${alerts.length} times, last`;
}

/** Why there is an alert. */
export function evidenceText({ trigger, evidence }: Pick<WireAlert, "trigger" | "evidence">): string {
  const { error_type, error_message, count, score, phrase } = evidence;
  switch (trigger) {
    case "same_error_3x":
      return [
        `${error_type ?? "the same"} ${count ?? 3} times in a row`,
        ...(error_message ? [error_message] : []),
      ].join(": ");
    case "failed_executions_5x":
      return `${count ?? 5} runs in a row${error_type ? `, the latest with ${error_type}` : ""}`;
    case "quiz_fail":
      return `score ${score ?? "unknown"}, below 50`;
    case "explicit_help":
      return `“${phrase ?? "help"}”`;
    case "stuck_10min":
      return "more than 10 minutes on one exercise";
  }
}

/** Where it happened: the module, and the exercise where the alert names one. */
export function placeText(module: string | null, exercise: unknown): string {
  return [
    ...(module ? [moduleText(module)] : []),
    ...(typeof exercise === "number" ? [`exercise ${exercise}`] : []),
  ].join(", ");
}
