/** Everything that `keyline doctor` looks at, in its order, each with what it is. Each id has a page of its own. */
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
  "doctor-database": "database",
} as const;

export type DoctorCheck = keyof typeof doctorChecks;

/** What one check found. */
export interface Finding {
  readonly id: DoctorCheck;
  /** `skipped` is what could not be asked, or was not: it is no verdict. */
  readonly status: "ok" | "todo" | "skipped";
  /** What was found, in one line. */
  readonly summary: string;
  /** What to do; null where it is ok. */
  readonly todo: string | null;
}

export const ok = (id: DoctorCheck, summary: string): Finding => ({ id, status: "ok", summary, todo: null });

export const todo = (id: DoctorCheck, summary: string, what: string): Finding => ({
  ...{ id, status: "todo", summary, todo: what },
});

export const skipped = (id: DoctorCheck, summary: string, what: string): Finding => ({
  ...{ id, status: "skipped", summary, todo: what },
});

/** The first few of a list. */
export const some = (names: readonly string[], most = 3): string =>
  names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
