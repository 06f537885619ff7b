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
  if (!isNamed(filter, student, name)) return false;
  if (filter.severity === null && filter.trigger === null && filter.error === null) return true;
  return need !== undefined && shownAlerts(need).some((alert) => alertParts.every((part) => has(filter, part, alert)));
}

function isNamed({ name: wanted, level }: Filter, { mastery }: WireStudent, name: string): boolean {
  if (!name.toLowerCase().includes(wanted.trim().toLowerCase())) return false;
  return level === null || mastery.some((cell) => cell?.[1] === level);
}

const alertParts = ["severity", "trigger", "error"] as const;
type AlertPart = (typeof alertParts)[number];

const shownAlerts = ({ alerts, undoable }: Need) => [...alerts, ...undoable];
const errorOf = ({ evidence: { error_type } }: WireAlert) => (typeof error_type === "string" ? error_type : null);

const partOf = (alert: WireAlert, part: AlertPart): string | null => (part === "error" ? errorOf(alert) : alert[part]);

const has = (filter: Filter, part: AlertPart, alert: WireAlert) =>
  filter[part] === null || filter[part] === partOf(alert, part);

/** How many students are left when a value of a part is chosen, with the other parts as they are. */
export type Counts = { readonly [Part in AlertPart]: ReadonlyMap<string, number> };

export function countsOf(needs: Iterable<Need>, filter: Filter, nameOf: (student: WireStudent) => string): Counts {
  const counts = { severity: new Map<string, number>(), trigger: new Map(), error: new Map() };
  for (const need of needs) {
    if (!isNamed(filter, need.student, nameOf(need.student))) continue;
    for (const part of alertParts) {
      const others = alertParts.filter((other) => other !== part);
      const left = shownAlerts(need).filter((alert) => others.every((other) => has(filter, other, alert)));
      for (const value of new Set(left.map((alert) => partOf(alert, part))))
        if (value !== null) counts[part].set(value, (counts[part].get(value) ?? 0) + 1);
    }
  }
  return counts;
}

const mostErrors = 4;

/** Errors to choose from: those that more than one student meets, the most common first, whatever is chosen now. */
export function commonErrors(needs: Iterable<Need>, chosen: string | null): readonly string[] {
  const { error } = countsOf(needs, noFilter, () => "");
  const common = [...error].filter(([, students]) => students > 1).sort(([, a], [, b]) => b - a);
  const errors = common.slice(0, mostErrors).map(([name]) => name);
  return chosen === null || errors.includes(chosen) ? errors : [...errors, chosen];
}
