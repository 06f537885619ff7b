import type { Changes, Module, Severity, Snapshot, WireAlert, WireStudent } from "../../src/wire.js";

/** The class as this page knows it. Never changed in place: what is the same object is the same. */
export interface Class {
  readonly modules: readonly Module[];
  readonly students: ReadonlyMap<string, WireStudent>;
}

export const noClass: Class = { modules: [], students: new Map() };

export function fromSnapshot({ modules, students }: Snapshot): Class {
  return { modules, students: new Map(students.map((student) => [student.ref, student])) };
}

export function withChanges(known: Class, { students }: Changes): Class {
  return { ...known, students: new Map([...known.students, ...students.map((one) => [one.ref, one] as const)]) };
}

/** Alerts of a student that say the same: one thing for a teacher to look at. */
export interface AlertGroup {
  readonly key: string;
  readonly student: WireStudent;
  /** The latest of them. */
  readonly latest: WireAlert;
  /** When the latest came, milliseconds since 1970. */
  readonly atMs: number;
  /** Oldest first. */
  readonly alerts: readonly WireAlert[];
}

const ranks: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };
export const severities = ["high", "medium", "low"] as const;

// Invariant: `groupsOf` holds what `openGroups` made of a student, which never changes.
const groupsOf = new WeakMap<WireStudent, readonly AlertGroup[]>();

/** Open alerts of a student, those of one kind and module together. */
export function openGroups(student: WireStudent): readonly AlertGroup[] {
  const known = groupsOf.get(student);
  if (known) return known;
  const open = student.alerts.filter(({ seen }) => seen === null);
  const byKind = Map.groupBy(open, ({ trigger, module }) => `${student.ref} ${trigger} ${module}`);
  const groups = [...byKind].flatMap(([key, alerts]): AlertGroup[] => {
    const sorted = alerts.toSorted(byTime);
    const latest = sorted.at(-1);
    return latest ? [{ key, student, latest, atMs: Date.parse(latest.at), alerts: sorted }] : [];
  });
  groupsOf.set(student, groups);
  return groups;
}

/** What is open in the class: the most urgent first, the latest first among equals. */
export function openAlerts({ students }: Class): readonly AlertGroup[] {
  return [...students.values()]
    .flatMap(openGroups)
    .sort((a, b) => ranks[a.latest.severity] - ranks[b.latest.severity] || b.atMs - a.atMs);
}

/** What was dealt with, the latest first. */
export function seenAlerts({ students }: Class, most: number): readonly AlertGroup[] {
  return [...students.values()]
    .flatMap((student) =>
      student.alerts
        .filter(({ seen }) => seen !== null)
        .map((latest) => ({ key: latest.id, student, latest, atMs: Date.parse(latest.at), alerts: [latest] })),
    )
    .sort((a, b) => (b.latest.seen?.at ?? "").localeCompare(a.latest.seen?.at ?? ""))
    .slice(0, most);
}

function byTime(a: WireAlert, b: WireAlert): number {
  return Date.parse(a.at) - Date.parse(b.at);
}

/** Errors that more than one student meets, and how many do, the most common first. */
export function commonErrors(groups: readonly AlertGroup[]): readonly (readonly [error: string, students: number])[] {
  const byError = new Map<string, Set<string>>();
  for (const { student, alerts } of groups) {
    for (const { evidence } of alerts) {
      if (typeof evidence.error_type !== "string") continue;
      byError.set(evidence.error_type, (byError.get(evidence.error_type) ?? new Set()).add(student.ref));
    }
  }
  const counts = [...byError].map(([error, refs]) => [error, refs.size] as const);
  return counts.filter(([, students]) => students > 1).sort(([, a], [, b]) => b - a);
}
