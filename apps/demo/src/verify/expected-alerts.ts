import { eventsByStudent, instantOf, type RecordedEvent, struggleTopics } from "./recorded.js";

/** An alert that must be on the log and in the table of the struggle app. */
export interface ExpectedAlert {
  readonly student_id: number;
  readonly trigger_type: string;
  readonly severity: string;
  readonly module: string | null;
  readonly atMs: number;
}

const severities: { readonly [trigger: string]: string } = {
  same_error_3x: "medium",
  failed_executions_5x: "high",
  quiz_fail: "medium",
  explicit_help: "high",
  stuck_10min: "low",
};

/** "I don't understand" and "I'm stuck", with any apostrophe or none, or in full, over any white space. */
const cryForHelp =
  /i(?:\s+do\s+not|\s+don['\u2018\u2019\u02bc]?t)\s+understand|i(?:\s+a|['\u2018\u2019\u02bc]?)m\s+stuck/;

/** What the domain says about alerts. `untilMs` is how far the wall clock has got; without it events alone move time. */
export function expectedAlerts(
  events: readonly RecordedEvent[],
  { untilMs = Number.NEGATIVE_INFINITY }: { readonly untilMs?: number } = {},
): readonly ExpectedAlert[] {
  return [...eventsByStudent(events, struggleTopics)].flatMap(([student, own]) =>
    alertsOfStudent(student, [...own, { clockMs: untilMs }]),
  );
}

/** One student's alerts, where the wall clock fired deadlines in between: an event, or how far the clock had got, each in its place. */
export function alertsOfStudent(
  student: number,
  steps: readonly (RecordedEvent | { readonly clockMs: number })[],
): readonly ExpectedAlert[] {
  const history = new StudentHistory(student);
  for (const step of steps) {
    if ("clockMs" in step) history.timePasses(step.clockMs);
    else history.apply(step);
  }
  return history.alerts;
}

/** One student's executions, exercises and alerts so far. */
class StudentHistory {
  // Invariant: the fields are what the domain's rules make of the student's events so far, in their order; nothing
  // is taken back.
  readonly alerts: ExpectedAlert[] = [];
  private readonly executions: RecordedEvent[] = [];
  private readonly closedExercises = new Set<number>();
  private deadlines: { exercise: number; atMs: number; module: string | null }[] = [];

  constructor(private readonly student: number) {}

  apply(event: RecordedEvent) {
    const atMs = instantOf(event);
    const { payload } = event.value;
    const alert = (trigger: string) => this.alert(trigger, payload.module ?? null, atMs);
    this.timePasses(atMs);
    if (event.topic === "learning.query" && cryForHelp.test((payload.query ?? "").toLowerCase()))
      alert("explicit_help");
    if (event.topic === "learning.quiz" && (payload.score ?? 100) < 50) alert("quiz_fail");
    if (event.topic === "code.executed") {
      this.executions.push(event);
      if (this.runOfSameError() === 3) alert("same_error_3x");
      if (this.runOfFailures() === 5) alert("failed_executions_5x");
    }
    if (payload.exercise_id !== undefined) this.work(event, payload.exercise_id, atMs);
  }

  /** Fires the deadlines that are over, in their order. */
  timePasses(nowMs: number) {
    const over = this.deadlines.filter((deadline) => deadline.atMs < nowMs).sort((a, b) => a.atMs - b.atMs);
    this.deadlines = this.deadlines.filter((deadline) => deadline.atMs >= nowMs);
    for (const { module, atMs } of over) this.alert("stuck_10min", module, atMs);
  }

  private work({ topic, value }: RecordedEvent, exercise: number, atMs: number) {
    const begins = (topic === "code.submitted" || topic === "code.executed") && !this.closedExercises.has(exercise);
    if (begins) this.deadlines.push({ exercise, atMs: atMs + 600_000, module: value.payload.module ?? null });
    if (topic === "exercise.completed") this.deadlines = this.deadlines.filter((other) => other.exercise !== exercise);
    if (begins || topic === "exercise.completed") this.closedExercises.add(exercise);
  }

  private runOfFailures(): number {
    const lastSuccess = this.executions.findLastIndex(({ value }) => value.payload.success === true);
    return this.executions.length - 1 - lastSuccess;
  }

  private runOfSameError(): number {
    const error = this.executions.at(-1)?.value.payload.error_type;
    const differs = ({ value }: RecordedEvent) => value.payload.success === true || value.payload.error_type !== error;
    return error === undefined ? 0 : this.executions.length - 1 - this.executions.findLastIndex(differs);
  }

  private alert(trigger_type: string, module: string | null, atMs: number) {
    const previous = this.alerts.findLast((sent) => sent.trigger_type === trigger_type && sent.module === module);
    if (previous && Math.abs(previous.atMs - atMs) < 300_000) return;
    const severity = severities[trigger_type] ?? "";
    this.alerts.push({ student_id: this.student, trigger_type, severity, module, atMs });
  }
}
