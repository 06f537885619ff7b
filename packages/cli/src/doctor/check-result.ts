/** The checks of `keyline doctor` by id, in their order, each with its title. Each id has a page of its own. */
export const doctorChecks = {
  "doctor-node": "Node",
  "doctor-contract": "contract",
  "doctor-generated": "generated code",
  "doctor-brokers": "brokers",
  "doctor-topics": "topics",
  "doctor-partitions": "partitions",
  "doctor-settings": "topic settings",
  "doctor-permissions": "permissions",
  "doctor-groups": "consumer groups",
  "doctor-dead-letters": "dead letters",
  "doctor-database": "database",
} as const;

export type DoctorCheck = keyof typeof doctorChecks;

export interface CheckResult {
  readonly id: DoctorCheck;
  /** `skipped` is not a verdict: the check could not run, or was not asked for. */
  readonly status: "ok" | "todo" | "skipped";
  /** What was found, in one line. */
  readonly summary: string;
  /** What to do; null where it is ok. */
  readonly todo: string | null;
}

export const ok = (id: DoctorCheck, summary: string): CheckResult => ({ id, status: "ok", summary, todo: null });

export const todo = (id: DoctorCheck, summary: string, what: string): CheckResult => ({
  ...{ id, status: "todo", summary, todo: what },
});

export const skipped = (id: DoctorCheck, summary: string, what: string): CheckResult => ({
  ...{ id, status: "skipped", summary, todo: what },
});

/** The first few of a list. */
export const some = (names: readonly string[], most = 3): string =>
  names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
