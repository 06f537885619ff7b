import { KeylineError } from "@keyline/runtime";
import type { LaneChanges, LaneId, OwnedLane, StateRow } from "@keyline/runtime/store";
import type { Sql } from "../sql.js";
import { fromText, keyFrom, keyText, toInteger, toLines } from "../text.js";
import { nameOf } from "./epoch.js";

/** The rows of keys; keys without one are left out. */
export async function readStates(
  sql: Sql,
  schema: string,
  { app, domain }: Pick<LaneId, "app" | "domain">,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StateRow>> {
  if (keys.length === 0) return new Map();
  const rows = await sql.query<{ key: string; version: string; state: string; meta: string }>(
    `select key, version::text, state, meta from ${schema}.states where app = $1 and domain = $2 and key = any($3::text[])`,
    [app, domain, keys.map(keyText)],
  );
  return new Map<string, StateRow>(
    rows.map(({ key, version, state, meta }) => {
      const row = { key: keyFrom(key), version: toInteger(version), state: fromText(state), meta: fromText(meta) };
      return [row.key, row];
    }),
  );
}

/** Writes rows that still have the version that was read; `state_conflict` when one has not. */
export async function writeStates(sql: Sql, schema: string, lane: OwnedLane, changes: LaneChanges): Promise<void> {
  if (changes.states.length === 0) return;
  const written = await sql.query(
    `insert into ${schema}.states as s (app, domain, key, lane, version, state, meta, due_at_ms)
     select $1, $2, n.key, n.lane, n.was + 1, n.state, n.meta, n.due
     from unnest($3::text[], $4::integer[], $5::bigint[], string_to_array($6, E'\\n'), string_to_array($7, E'\\n'), $8::double precision[])
       as n(key, lane, was, state, meta, due)
     where n.was = 0 or exists (select 1 from ${schema}.states o where o.app = $1 and o.domain = $2 and o.key = n.key)
     order by n.key
     on conflict (app, domain, key) do update
       set lane = excluded.lane, version = excluded.version, state = excluded.state, meta = excluded.meta,
           due_at_ms = excluded.due_at_ms
       where s.version = excluded.version - 1
     returning 1`,
    [lane.app, lane.domain, ...columnsOf(changes.states)],
  );
  if (written.length === changes.states.length) return;
  throw new KeylineError("state_conflict", `states of lane ${nameOf(lane)} were written by another owner`);
}

const columnsOf = (states: LaneChanges["states"]): unknown[] => [
  states.map((row) => keyText(row.key)),
  states.map((row) => row.lane),
  states.map((row) => row.version),
  toLines(states.map((row) => row.state)),
  toLines(states.map((row) => row.meta)),
  states.map((row) => row.dueAtMs),
];
