import { curriculum } from "../curriculum.js";
import type { Names } from "../names/names.js";
import type { StudentState, TeacherAlert } from "../projection/state.js";
import type { Snapshot, WireAlert, WireStudent } from "../wire.js";

/** A student's row, as the projection wrote it. */
export interface StudentRow {
  readonly key: string;
  readonly version: number;
  readonly state: StudentState;
}

/** The class as this server knows it: a copy of the projection's rows, with what pages call them. */
export interface ClassModel {
  /** Takes rows that are newer than what is known. Returns the students that changed. */
  apply(rows: readonly StudentRow[]): readonly WireStudent[];
  snapshot(): Snapshot;
  /** The version of each student's row that is known. */
  versionOf(key: string): number;
  studentOf(ref: string): { readonly key: string; readonly pseudonym: string } | undefined;
  alert(id: string): { readonly key: string; readonly alert: TeacherAlert } | undefined;
  /** Each student's id by its ref. */
  ids(): Readonly<Record<string, string>>;
}

interface Known extends StudentRow {
  readonly wire: WireStudent;
}

/** @see ClassModel */
export function createClassModel({
  names,
  teacherId,
}: {
  readonly names: Names;
  readonly teacherId: number;
}): ClassModel {
  // Invariant: `students` has the latest version of each row that was applied; `keyOfRef` leads to each of them,
  // and `keyOfAlert` to the student of each alert in them and of no other.
  const students = new Map<string, Known>();
  const keyOfRef = new Map<string, string>();
  const keyOfAlert = new Map<string, string>();

  const take = (row: StudentRow): WireStudent => {
    const before = students.get(row.key);
    const { ref, pseudonym } = before?.wire ?? { ref: names.refOf(row.key), pseudonym: names.pseudonymOf(row.key) };
    const wire = wireStudent({ ref, pseudonym }, row.state, teacherId);
    for (const { alert_id } of before?.state.alerts ?? []) keyOfAlert.delete(alert_id);
    for (const { alert_id } of row.state.alerts) keyOfAlert.set(alert_id, row.key);
    students.set(row.key, { ...row, wire });
    keyOfRef.set(ref, row.key);
    return wire;
  };

  return {
    apply: (rows) => rows.filter(({ key, version }) => version > (students.get(key)?.version ?? 0)).map(take),
    snapshot: () => ({ modules: curriculum, students: [...students.values()].map(({ wire }) => wire) }),
    versionOf: (key) => students.get(key)?.version ?? 0,
    studentOf(ref) {
      const key = keyOfRef.get(ref);
      return key === undefined ? undefined : { key, pseudonym: students.get(key)?.wire.pseudonym ?? "" };
    },
    alert(id) {
      const key = keyOfAlert.get(id);
      const alert = key === undefined ? undefined : students.get(key)?.state.alerts.find((one) => one.alert_id === id);
      return key === undefined || !alert ? undefined : { key, alert };
    },
    ids: () => Object.fromEntries([...students.values()].map(({ key, wire }) => [wire.ref, key])),
  };
}

function wireStudent(
  called: Pick<WireStudent, "ref" | "pseudonym">,
  { modules, alerts }: StudentState,
  teacherId: number,
): WireStudent {
  const mastery = curriculum.map((module) => {
    const known = modules[module];
    return known ? ([known.score, known.level] as const) : null;
  });
  return { ...called, mastery, alerts: alerts.map((alert) => wireAlert(alert, teacherId)) };
}

function wireAlert(alert: TeacherAlert, teacherId: number): WireAlert {
  const { alert_id: id, trigger_type: trigger, severity, module, evidence, at, resolved } = alert;
  const seen = resolved && { at: resolved.at, byYou: resolved.by === teacherId };
  return { id, trigger, severity, module, evidence, at, seen };
}
