import { KeylineError } from "@keyline/runtime";
import type { LaneChanges, OwnedLane } from "@keyline/runtime/store";
import type { Sql } from "../sql.js";
import { keyText, toLines } from "../text.js";
import { nameOf } from "./epoch.js";

const idOf = ({ app, domain, lane }: OwnedLane) => [app, domain, lane];

/** Adds events to be published and takes away those that were. */
export async function writeOutbox(sql: Sql, schema: string, lane: OwnedLane, changes: LaneChanges): Promise<void> {
  const rows = changes.outboxAdded;
  await remove(sql, `${schema}.outbox`, lane, changes.outboxRemoved);
  if (rows.length === 0) return;
  const added = await sql.query(
    `insert into ${schema}.outbox (app, domain, lane, seq, key, record)
     select $1, $2, $3, * from unnest($4::bigint[], $5::text[], string_to_array($6, E'\\n'))
     on conflict do nothing returning 1`,
    [
      ...idOf(lane),
      rows.map((row) => row.seq),
      rows.map((row) => keyText(row.key)),
      toLines(rows.map((row) => row.record)),
    ],
  );
  checkAdded(lane, "outbox", rows.length, added.length);
}

/** Parks events and takes away those that were released. */
export async function writeParked(sql: Sql, schema: string, lane: OwnedLane, changes: LaneChanges): Promise<void> {
  const rows = changes.parkedAdded;
  await remove(sql, `${schema}.parked`, lane, changes.parkedRemoved);
  if (rows.length === 0) return;
  const added = await sql.query(
    `insert into ${schema}.parked (app, domain, lane, seq, key, topic, partition, "offset", record)
     select $1, $2, $3, *
     from unnest($4::bigint[], $5::text[], $6::text[], $7::integer[], $8::bigint[], string_to_array($9, E'\\n'))
     on conflict do nothing returning 1`,
    [
      ...idOf(lane),
      rows.map((row) => row.seq),
      rows.map((row) => keyText(row.key)),
      rows.map((row) => row.topic),
      rows.map((row) => row.partition),
      rows.map((row) => row.offset),
      toLines(rows.map((row) => row.record)),
    ],
  );
  checkAdded(lane, "parked events", rows.length, added.length);
}

async function remove(sql: Sql, table: string, lane: OwnedLane, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  await sql.query(`delete from ${table} where app = $1 and domain = $2 and lane = $3 and seq = any($4::bigint[])`, [
    ...idOf(lane),
    seqs,
  ]);
}

/** A number that is taken was given out by this owner before: in a transaction whose answer it never got. */
function checkAdded(lane: OwnedLane, what: string, wanted: number, added: number): void {
  if (added === wanted) return;
  throw new KeylineError("lane_fenced", `the ${what} of lane ${nameOf(lane)} are not what their owner left`);
}
