import type { Module } from "@student-events/events";

/** What makes a teacher look. */
export const triggers = {
  same_error_3x: "medium",
  failed_executions_5x: "high",
  quiz_fail: "medium",
  explicit_help: "high",
  stuck_10min: "low",
} as const satisfies Record<string, "low" | "medium" | "high">;

export type TriggerType = keyof typeof triggers;
export type Severity = (typeof triggers)[TriggerType];

/** A trigger that was met: an alert, unless the cooldown drops it. */
export interface Finding {
  readonly trigger: TriggerType;
  /** The date of the alert. */
  readonly atMs: number;
  /** The module of the event that met the trigger (of the one that started the exercise, for `stuck_10min`). */
  readonly module: Module | undefined;
  /** The evidence, for the teacher. */
  readonly data: { readonly [name: string]: unknown };
}
