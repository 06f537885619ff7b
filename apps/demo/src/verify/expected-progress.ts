import { eventsByStudent, progressTopics, type RecordedEvent } from "./recorded.js";

/** A (student, module) row that must be in the table of the progress app. */
export interface ExpectedRow {
  readonly student_id: number;
  readonly module: string;
  readonly exercise_completion_pct: number;
  readonly quiz_score_avg: number;
  readonly code_quality_avg: number;
  readonly consistency_score: number;
  readonly mastery_score: number;
  readonly mastery_level: string;
}

/** A `learning.progress` event that must be on the log. */
export interface ExpectedChange extends ExpectedRow {
  readonly previous_level: string | undefined;
}

const activityTopics = ["learning.query", "learning.quiz", "code.submitted", "code.executed", "exercise.completed"];

/** What the domain says about mastery, told again for every event from all events of its module before it. */
export function expectedProgress(events: readonly RecordedEvent[]): {
  readonly rows: readonly ExpectedRow[];
  readonly changes: readonly ExpectedChange[];
} {
  const rows: ExpectedRow[] = [];
  const changes: ExpectedChange[] = [];
  for (const own of eventsByStudent(events, progressTopics).values()) {
    let before: readonly ExpectedRow[] = [];
    for (const part of stepsOf(own)) {
      before = part.map((row) => {
        const last = before.find(({ module }) => module === row.module);
        if (last?.mastery_score !== row.mastery_score) changes.push({ ...row, previous_level: last?.mastery_level });
        return row;
      });
    }
    rows.push(...before);
  }
  return { rows, changes };
}

/** The rows of one student after each of the student's events. */
function* stepsOf(own: readonly RecordedEvent[]): Generator<readonly ExpectedRow[]> {
  const days = new Set<number>();
  const modules = new Map<string, { readonly events: RecordedEvent[]; components: Components }>();
  for (const event of own) {
    if (activityTopics.includes(event.topic)) days.add(Date.parse(event.value.timestamp.slice(0, 10)) / 86_400_000);
    const { module: name } = event.value.payload;
    if (name !== undefined && event.topic !== "learning.query") {
      const events = [...(modules.get(name)?.events ?? []), event];
      modules.set(name, { events, components: componentsOf(events) });
    }
    const consistency = Math.min(10 * streak(days), 100);
    const { student_id } = event.value;
    yield [...modules].map(([module, { components }]) => rowOf(student_id, module, components, consistency));
  }
}

function streak(days: ReadonlySet<number>): number {
  const latest = Math.max(...days);
  let length = 0;
  while (days.has(latest - length)) length += 1;
  return length;
}

interface Components {
  readonly exercise_completion_pct: number;
  readonly quiz_score_avg: number;
  readonly code_quality_avg: number;
}

function componentsOf(events: readonly RecordedEvent[]): Components {
  const of = (topic: string) => events.filter((event) => event.topic === topic).map(({ value }) => value.payload);
  const completed = new Set(of("exercise.completed").map(({ exercise_id }) => exercise_id));
  const known = new Set([...of("exercise.assigned").map(({ exercise_id }) => exercise_id), ...completed]);
  return {
    exercise_completion_pct: known.size === 0 ? 0 : (100 * completed.size) / known.size,
    quiz_score_avg: mean(of("learning.quiz").map(({ score }) => score ?? Number.NaN)),
    code_quality_avg: mean(of("code.reviewed").map(({ rating }) => rating ?? Number.NaN)),
  };
}

function rowOf(student_id: number, module: string, components: Components, consistency_score: number): ExpectedRow {
  const { exercise_completion_pct, quiz_score_avg, code_quality_avg } = components;
  const exact = 0.4 * exercise_completion_pct + 0.3 * quiz_score_avg + 0.2 * code_quality_avg + 0.1 * consistency_score;
  const mastery_score = Math.floor((exact + 1e-9) * 100 + 0.5) / 100;
  return {
    student_id,
    module,
    ...components,
    consistency_score,
    mastery_score,
    mastery_level: level(mastery_score),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function level(score: number): string {
  return score <= 40 ? "beginner" : score <= 70 ? "learning" : score <= 90 ? "proficient" : "mastered";
}
