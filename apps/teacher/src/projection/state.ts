import type { MasteryLevel, Module, StruggleDetectedPayload } from "@student-events/events";

/** What an alert's rule saw: short texts, numbers and truth values alone, whatever its producer wrote. */
export type Evidence = Readonly<Record<string, string | number | boolean>>;

/** Who dealt with an alert, and when. */
export interface Resolution {
  readonly by: number;
  /** RFC 3339, as its event says. */
  readonly at: string;
}

/** An alert as the page shows it. */
export interface TeacherAlert {
  readonly alert_id: string;
  readonly trigger_type: StruggleDetectedPayload["trigger_type"];
  readonly severity: StruggleDetectedPayload["severity"];
  readonly module: Module | null;
  readonly evidence: Evidence;
  /** RFC 3339, as its event says. */
  readonly at: string;
  /** Null while it is open. */
  readonly resolved: Resolution | null;
  /** What its resolution carries on, and comes after. */
  readonly correlation_id: string;
  readonly partition: number;
  readonly offset: number;
}

/** How a student is in one module. */
export interface Mastery {
  readonly score: number;
  readonly level: MasteryLevel;
}

/** What the page shows of a student. Bounded. */
export interface StudentState {
  readonly modules: { readonly [M in Module]?: Mastery };
  /** The latest, in the order in which they came. */
  readonly alerts: readonly TeacherAlert[];
  /** Resolutions of alerts that have not come: another page's producer named no cause, so they need not have waited. */
  readonly early: readonly (Resolution & { readonly alert_id: string })[];
}

export const initialState: StudentState = { modules: {}, alerts: [], early: [] };
