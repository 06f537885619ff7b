import type { ClockFiring, LaneChanges, LaneId, OwnedLane } from "@keyline/runtime/store";
import type { Sql } from "../sql.js";
import { fromText, keyFrom, keyText, toLines } from "../text.js";

/** Notes what the wall clock fired. */
export async function writeFirings(sql: Sql, schema: string, lane: OwnedLane, { firings }: LaneChanges): Promise<void> {
  if (firings.length === 0) return;
  await sql.query(
    `insert into ${schema}.firings (app, domain, lane, key, before_ms, timers, below)
     select $1, $2, $3, * from unnest($4::text[], $5::double precision[], string_to_array($6, E'\\n'), string_to_array($7, E'\\n'))`,
    [
      lane.app,
      lane.domain,
      lane.lane,
      firings.map(({ key }) => keyText(key)),
      firings.map(({ beforeMs }) => beforeMs),
      toLines(firings.map(({ timers }) => timers)),
      toLines(firings.map(({ below }) => below)),
    ],
  );
}

/** What the wall clock fired for a key, oldest first. */
export async function readFirings(
  sql: Sql,
  schema: string,
  { app, domain }: Pick<LaneId, "app" | "domain">,
  key: string,
): Promise<readonly ClockFiring[]> {
  const rows = await sql.query<{ key: string; before: number; timers: string; below: string }>(
    `select key, before_ms as before, timers, below from ${schema}.firings
     where app = $1 and domain = $2 and key = $3 order by id`,
    [app, domain, keyText(key)],
  );
  return rows.map(({ key: text, before, timers, below }) => ({
    key: keyFrom(text),
    beforeMs: before,
    timers: fromText(timers) as ClockFiring["timers"],
    below: fromText(below) as ClockFiring["below"],
  }));
}
