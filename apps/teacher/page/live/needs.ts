import type { Severity, Trigger, WireAlert, WireStudent } from "../../src/wire.js";
import type { Class } from "./class.js";
import { type Marks, noMarks } from "./marking.js";

export const severities = ["high", "medium", "low"] as const satisfies readonly Severity[];

/** Open alerts of a student that have the same trigger. */
export interface Reason {
  readonly trigger: Trigger;
  /** The newest of them. */
  readonly latest: WireAlert;
  /** Newest first. */
  readonly alerts: readonly WireAlert[];
}

/** A student with open alerts: one thing for a teacher to look at. */
export interface Need {
  readonly student: WireStudent;
  /** The highest of its alerts. */
  readonly severity: Severity;
  /** When the newest alert came, milliseconds since 1970. */
  readonly atMs: number;
  /** Open, newest first, without those that this page's teacher has marked as seen. */
  readonly alerts: readonly WireAlert[];
  /** The same by trigger, newest first; where all are marked, the marked ones: a card keeps its size while it can be undone. */
  readonly reasons: readonly Reason[];
  /** Marked as seen, which can be undone still. */
  readonly undoable: readonly WireAlert[];
}

// Invariant: `needOf` holds what was made of a student while none of the alerts was marked; a student never changes.
const needOf = new WeakMap<WireStudent, Need | null>();

/** What a student needs help with; null where no alert is open. */
function unmarkedNeed(student: WireStudent): Need | null {
  const known = needOf.get(student);
  if (known !== undefined) return known;
  const made = need(
    student,
    student.alerts.filter(({ seen }) => seen === null).toSorted((a, b) => atMsOf(b) - atMsOf(a)),
    noMarks,
  );
  needOf.set(student, made);
  return made;
}

/** @param open newest first */
function need(student: WireStudent, open: readonly WireAlert[], { hidden, undoable }: Marks): Need | null {
  const ids = new Set(undoable.get(student.ref));
  const alerts = open.filter(({ id }) => !hidden.has(id));
  const undone = open.filter(({ id }) => ids.has(id));
  const both = [...alerts, ...undone];
  const severity = severities.find((one) => both.some((alert) => alert.severity === one));
  if (!severity) return null;
  const told = alerts.length > 0 ? alerts : undone;
  const reasons = [...Map.groupBy(told, ({ trigger }) => trigger)].flatMap(([trigger, same]): Reason[] => {
    const [latest] = same;
    return latest ? [{ trigger, latest, alerts: same }] : [];
  });
  return { student, severity, atMs: Math.max(...both.map(atMsOf)), alerts, reasons, undoable: undone };
}

/** Each student that needs help, by ref. */
export function needsOf({ students }: Class, marks: Marks): ReadonlyMap<string, Need> {
  const needs = new Map<string, Need>();
  for (const student of students.values()) {
    const all = unmarkedNeed(student);
    const isMarked = marks.hidden.size > 0 && all?.alerts.some(({ id }) => marks.hidden.has(id));
    const left = isMarked ? need(student, all?.alerts ?? [], marks) : all;
    if (left) needs.set(student.ref, left);
  }
  return needs;
}

const ages = ["hour", "today", "before"] as const;

/** How old the newest alert of a student is: of the last hour, of the same day, or of a day before. */
export type Age = (typeof ages)[number];

const hourMs = 3_600_000;

export function ageOf(atMs: number, nowMs: number): Age {
  if (nowMs - atMs < hourMs) return "hour";
  return new Date(atMs).toDateString() === new Date(nowMs).toDateString() ? "today" : "before";
}

/** Those of the last hour first: at each age the highest severity first, the newest first among equals. */
export function byAge(needs: Iterable<Need>, nowMs: number): readonly (readonly [Age, readonly Need[]])[] {
  const rank = ({ severity }: Need) => severities.indexOf(severity);
  const groups = Map.groupBy(needs, ({ atMs }) => ageOf(atMs, nowMs));
  return ages.flatMap((age) => {
    const group = groups.get(age)?.toSorted((a, b) => rank(a) - rank(b) || b.atMs - a.atMs);
    return group ? [[age, group] as const] : [];
  });
}

/** Alerts of one student that were marked as seen together. */
export interface SeenTogether {
  readonly student: WireStudent;
  readonly count: number;
  /** RFC 3339. */
  readonly at: string;
  readonly byYou: boolean;
}

/** What was marked as seen, the latest first. */
export function seenLately({ students }: Class, most: number): readonly SeenTogether[] {
  return [...students.values()]
    .flatMap((student) => {
      const seen = student.alerts.flatMap((alert) => alert.seen ?? []);
      return [...Map.groupBy(seen, ({ at }) => at)].map(([at, same]) => {
        return { student, at, count: same.length, byYou: same.every(({ byYou }) => byYou) };
      });
    })
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, most);
}

function atMsOf({ at }: WireAlert): number {
  return Date.parse(at);
}
