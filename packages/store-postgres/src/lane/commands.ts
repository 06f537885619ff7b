import type { LaneChanges, LaneId, OwnedLane, ReleaseCommand } from "@keyline/runtime/store";
import type { Sql } from "../sql.js";
import { keyFrom, keyText, toInteger } from "../text.js";

/** Writes a command for each lane in which events of the key are parked. Resolves to their ids. */
export async function askRelease(
  sql: Sql,
  schema: string,
  { app, domain }: Pick<LaneId, "app" | "domain">,
  { key, action, by }: Pick<ReleaseCommand, "key" | "action" | "by">,
): Promise<readonly number[]> {
  const rows = await sql.query<{ id: string }>(
    `insert into ${schema}.commands (app, domain, lane, key, action, asked_by)
     select distinct app, domain, lane, key, $4, $5 from ${schema}.parked where app = $1 and domain = $2 and key = $3
     returning id::text`,
    [app, domain, keyText(key), action, by],
  );
  return rows.map(({ id }) => toInteger(id));
}

/** Commands for a lane that are not done, oldest first. */
export async function readCommands(
  sql: Sql,
  schema: string,
  { app, domain, lane }: LaneId,
): Promise<readonly ReleaseCommand[]> {
  type Row = { id: string; key: string; action: ReleaseCommand["action"]; by: string; progress: number };
  const rows = await sql.query<Row>(
    `select id::text, key, action, asked_by as by, progress from ${schema}.commands
     where app = $1 and domain = $2 and lane = $3 and done_at is null order by commands.id`,
    [app, domain, lane],
  );
  return rows.map((row) => ({ ...row, id: toInteger(row.id), key: keyFrom(row.key) }));
}

/** Notes how far commands got; those with a result are done. */
export async function writeCommands(
  sql: Sql,
  schema: string,
  _lane: OwnedLane,
  { commands }: LaneChanges,
): Promise<void> {
  for (const { id, progress, result } of commands) {
    await sql.query(
      `update ${schema}.commands set progress = $2, result = $3, done_at = case when $3::text is null then null else now() end
       where id = $1`,
      [id, progress, result],
    );
  }
}
