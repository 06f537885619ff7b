/** An event as it was published, with the fields that the domain's rules are about. */
export interface RecordedEvent {
  readonly topic: string;
  readonly value: {
    readonly event_id?: string;
    readonly student_id: number;
    readonly timestamp: string;
    readonly payload: {
      readonly module?: string | undefined;
      readonly query?: string | undefined;
      readonly score?: number | undefined;
      readonly rating?: number | undefined;
      readonly exercise_id?: number | undefined;
      readonly success?: boolean | undefined;
      readonly error_type?: string | undefined;
    };
  };
}

/** What both apps read; struggle reads `struggle.resolved` too. */
export const progressTopics: readonly string[] = [
  "learning.query",
  "learning.quiz",
  "code.submitted",
  "code.executed",
  "code.reviewed",
  "exercise.assigned",
  "exercise.completed",
];

export const struggleTopics: readonly string[] = [...progressTopics, "struggle.resolved"];

/** Each student's events that an app reads, in order, without what was sent twice. */
export function eventsByStudent(
  events: readonly RecordedEvent[],
  topics: readonly string[],
): ReadonlyMap<number, readonly RecordedEvent[]> {
  const students = new Map<number, RecordedEvent[]>();
  for (const event of events) {
    if (!topics.includes(event.topic)) continue;
    const own = students.get(event.value.student_id) ?? [];
    students.set(event.value.student_id, own);
    if (!sentBefore(own, event)) own.push(event);
  }
  return students;
}

/** Whether the id is among the latest 64 that were applied. */
function sentBefore(applied: readonly RecordedEvent[], { value: { event_id } }: RecordedEvent): boolean {
  return event_id !== undefined && applied.slice(-64).some(({ value }) => value.event_id === event_id);
}

/** Milliseconds since 1970 of an RFC 3339 time; the leap second is the second after it. */
export function instantOf({ value: { timestamp } }: RecordedEvent): number {
  const text = timestamp.toUpperCase().replace(" ", "T");
  return text.includes(":60") ? Date.parse(text.replace(/:60/, ":59")) + 1000 : Date.parse(text);
}
