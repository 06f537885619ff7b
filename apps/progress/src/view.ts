import { type SqlStore, stateView } from "@keyline/postgres";
import { progress } from "./projection.js";
import type { ProgressRow } from "./state.js";

/** A row of the view `progress_rows`. */
export interface StudentProgressRow extends ProgressRow {
  readonly student_id: number;
  readonly module: string;
}

// What was refused under a key that is not a student's has a row in the store, too, and the database may look at its key before
// it finds no state there.
const view = `
  create or replace view progress_rows as
  select
    case when s.key ~ '^[0-9]{1,16}$' then s.key::bigint end as student_id,
    m.key as module,
    (m.value->'row'->>'exercise_completion_pct')::float8 as exercise_completion_pct,
    (m.value->'row'->>'quiz_score_avg')::float8 as quiz_score_avg,
    (m.value->'row'->>'code_quality_avg')::float8 as code_quality_avg,
    (m.value->'row'->>'consistency_score')::float8 as consistency_score,
    (m.value->'row'->>'mastery_score')::float8 as mastery_score,
    m.value->'row'->>'mastery_level' as mastery_level
  from progress_states s cross join lateral json_each(s.state->'modules') m
`;

/** Makes the view `progress_rows`: a row for each student and module. */
export async function createProgressView(store: SqlStore): Promise<void> {
  await store.migrate([stateView({ projection: progress, view: "progress_states" }), view]);
}

/** Reads all rows, by student, then module. The view must be there. */
export function readProgressRows(store: SqlStore): Promise<StudentProgressRow[]> {
  return store.sql(`
    select student_id::float8 as student_id, module, exercise_completion_pct, quiz_score_avg, code_quality_avg,
      consistency_score, mastery_score, mastery_level
    from progress_rows order by progress_rows.student_id, module collate "C"
  `);
}
