import type { MasteryLevel, Severity, Trigger, WireAlert, WireStudent } from "../../src/wire.js";
import type { Need } from "./needs.js";

/** Which students are shown: those for which all that is given is true. */
export interface Filter {
  /** A part of the name; "" for all. */
  readonly name: string;
  /** What one of the open alerts has; null for all. */
  readonly severity: Severity | null;
  readonly trigger: Trigger | null;
  readonly error: string | null;
  /** The level of one of the modules; null for all. */
  readonly level: MasteryLevel | null;
}

export const noFilter: Filter = { name: "", severity: null, trigger: null, error: null, level: null };

/** Whether it depends on nothing that changes while a class goes on. */
export function isByName({ severity, trigger, error, level }: Filter): boolean {
  return severity === null && trigger === null && error === null && level === null;
}

export function isEmpty(filter: Filter): boolean {
  return isByName(filter) && filter.name.trim() === "";
}

/** Sets a part, or takes it away where it was set to this. */
export function toggled<Part extends keyof Filter>(filter: Filter, part: Part, value: Filter[Part]): Filter {
  return { ...filter, [part]: filter[part] === value ? noFilter[part] : value };
}

export function matches(filter: Filter, student: WireStudent, need: Need | undefined, name: string): boolean {
  const { level, severity, trigger, error } = filter;
  if (!name.toLowerCase().includes(filter.name.trim().toLowerCase())) return false;
  if (level !== null && !student.mastery.some((cell) => cell?.[1] === level)) return false;
  if (severity === null && trigger === null && error === null) return true;
  const has = (alert: WireAlert) =>
    (severity === null || alert.severity === severity) &&
    (trigger === null || alert.trigger === trigger) &&
    (error === null || alert.evidence.error_type === error);
  return need !== undefined && [...need.alerts, ...need.undoable].some(has);
}

/** How many students a filter by one part alone would show. */
export interface Counts {
  readonly severities: ReadonlyMap<Severity, number>;
  readonly triggers: ReadonlyMap<Trigger, number>;
  /** Errors that more than one student meets, the most common first. */
  readonly errors: readonly (readonly [error: string, students: number])[];
}

export function countsOf(needs: Iterable<Need>): Counts {
  const severities = new Map<Severity, number>();
  const triggers = new Map<Trigger, number>();
  const errors = new Map<string, number>();
  const add = <Key>(counts: Map<Key, number>, keys: readonly Key[]) => {
    for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { alerts } of needs) {
    add(
      severities,
      alerts.map(({ severity }) => severity),
    );
    add(
      triggers,
      alerts.map(({ trigger }) => trigger),
    );
    add(
      errors,
      alerts.flatMap(({ evidence: { error_type } }) => (typeof error_type === "string" ? [error_type] : [])),
    );
  }
  const common = [...errors].filter(([, students]) => students > 1).sort(([, a], [, b]) => b - a);
  return { severities, triggers, errors: common };
}
