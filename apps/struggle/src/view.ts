import { type SqlStore, stateView } from "@keyline/postgres";
import { struggle } from "./projection.js";
import type { ShownAlert } from "./state.js";

/** A row of the view `struggle_alerts`. */
export interface StudentAlertRow extends ShownAlert {
  readonly student_id: number;
}

// What was refused under a key that is not a student's has a row in the store, too, and the database may look at its key before
// it finds no state there.
const view = `
  create or replace view struggle_alerts as
  select
    case when s.key ~ '^[0-9]{1,16}$' then s.key::bigint end as student_id,
    a.value->>'alert_id' as alert_id,
    a.value->>'trigger_type' as trigger_type,
    a.value->>'severity' as severity,
    a.value->>'module' as module,
    a.value->>'at' as at,
    (a.value->>'resolved_by')::bigint as resolved_by,
    a.ordinality as place
  from struggle_states s cross join lateral json_array_elements(s.state->'alerts') with ordinality a
`;

/** Makes the view `struggle_alerts`: a row for each of the fifty latest alerts of each student. */
export async function createStruggleView(store: SqlStore): Promise<void> {
  await store.migrate([stateView({ projection: struggle, view: "struggle_states" }), view]);
}

/** Reads all rows, by student, in the order in which they were sent. The view must be there. */
export function readStruggleAlerts(store: SqlStore): Promise<StudentAlertRow[]> {
  return store.sql(`
    select student_id::float8 as student_id, alert_id, trigger_type, severity, module, at,
      resolved_by::float8 as resolved_by
    from struggle_alerts order by struggle_alerts.student_id, place
  `);
}
