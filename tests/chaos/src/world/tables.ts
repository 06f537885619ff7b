import type { ExpectedAlert, ExpectedRow } from "@student-events/demo/verify";
import type { Firing } from "../check/firings.js";
import type { Database } from "./database.js";

/** What the apps' tables hold. */
export interface Tables {
  readonly rows: readonly ExpectedRow[];
  readonly alerts: readonly ExpectedAlert[];
  readonly firings: readonly Firing[];
}

/** Reads the apps' views, and what the store noted of the clock's firings, without any code of theirs. */
export async function readTables(database: Database): Promise<Tables> {
  const rows = await database.query<ExpectedRow>(
    `select student_id::float8 as student_id, module, exercise_completion_pct, quiz_score_avg, code_quality_avg,
       consistency_score, mastery_score, mastery_level from progress_rows`,
  );
  const alerts = await database.query<Omit<ExpectedAlert, "atMs"> & { readonly at: string }>(
    `select student_id::float8 as student_id, trigger_type, severity, module, at
     from struggle_alerts order by struggle_alerts.student_id, place`,
  );
  const firings = await database.query<StoredFiring>(
    "select key, before_ms, timers, below from keyline.firings where app = 'struggle' order by id",
  );
  return {
    rows,
    alerts: alerts.map(({ at, ...alert }) => ({ ...alert, atMs: Date.parse(at) })),
    firings: firings.map(firingOf),
  };
}

interface StoredFiring {
  readonly key: string;
  readonly before_ms: number;
  readonly timers: string;
  readonly below: string;
}

function firingOf({ key, before_ms, timers, below }: StoredFiring): Firing {
  const fired = JSON.parse(timers) as readonly { readonly name: string }[];
  const places = JSON.parse(below) as readonly { topic: string; partition: number; offset: number }[];
  return {
    student: Number(key),
    beforeMs: before_ms,
    exercises: fired.map(({ name }) => Number(name.split("/").at(-1))),
    below: new Map(places.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset])),
  };
}
