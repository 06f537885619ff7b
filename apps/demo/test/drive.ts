import { instantOf, type RecordedEvent } from "../src/verify/recorded.js";

interface Timer {
  readonly name: string;
  readonly dueAtMs: number;
  readonly data: unknown;
}

/** A projection, as far as driving it by hand is about it. */
export interface Driven {
  readonly initial: unknown;
  readonly on: { readonly [topic: string]: (state: never, event: never, ctx: never) => unknown };
  readonly onTimer?: (state: never, timer: Timer, ctx: never) => unknown;
}

/** Drives reducers over events as the runtime's promises say, with nothing of the runtime. */
export function drive({ initial, on, onTimer }: Driven, events: readonly RecordedEvent[], untilMs?: number) {
  const emitted: { readonly student_id: number; readonly timestamp: string; readonly payload: object }[] = [];
  const students = new Map<number, { state: unknown; timers: Timer[]; recent: string[] }>();
  const contextFor = (key: number, timeMs: number, timers: Timer[]) => ({
    key: String(key),
    timeMs,
    uuid: (purpose: string) => purpose,
    emit: new Proxy({}, { get: () => (event: never) => emitted.push(event) }),
    timer: {
      set: (name: string, dueAtMs: number, data: unknown) => {
        timers.push({ name, dueAtMs, data });
      },
      clear: (name: string) => {
        const index = timers.findIndex((timer) => timer.name === name);
        if (index >= 0) timers.splice(index, 1);
      },
    },
  });
  const fire = (id: number, beforeMs: number) => {
    const student = students.get(id);
    for (;;) {
      const due = student?.timers.filter(({ dueAtMs }) => dueAtMs < beforeMs).sort((a, b) => a.dueAtMs - b.dueAtMs)[0];
      if (!student || !due) return;
      student.timers.splice(student.timers.indexOf(due), 1);
      const ctx = contextFor(id, due.dueAtMs, student.timers);
      student.state = JSON.parse(JSON.stringify(onTimer?.(student.state as never, due, ctx as never)));
    }
  };
  for (const event of events) {
    const reducer = on[event.topic];
    if (!reducer) continue;
    const { student_id, event_id } = event.value;
    const student = students.get(student_id) ?? { state: initial, timers: [], recent: [] };
    students.set(student_id, student);
    if (event_id !== undefined && student.recent.includes(event_id)) continue;
    fire(student_id, instantOf(event));
    const ctx = contextFor(student_id, instantOf(event), student.timers);
    student.state = JSON.parse(JSON.stringify(reducer(student.state as never, event.value as never, ctx as never)));
    student.recent = [...student.recent, event_id ?? ""].slice(-64);
  }
  if (untilMs !== undefined) for (const id of students.keys()) fire(id, untilMs);
  return { emitted, states: new Map([...students].map(([id, { state }]) => [id, state])) };
}
