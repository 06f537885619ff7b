import { type Database, keyFrom, type Sql } from "@keyline/postgres/database";

/** A row of the outbox as a relay reads it. */
export interface Row {
  /** Its number: decimal text, since drivers differ in what they make of an int8. */
  readonly number: string;
  readonly slot: number;
  /** What its key is known by. */
  readonly hash: string;
  /** Null for an event that no key keeps in order. */
  readonly key: string | null;
  /** JSON. */
  readonly event: string;
}

/** What is read, and what is left out. */
export interface Reading {
  /** The slots that are read, each with the epoch under which it is owned. */
  readonly slots: ReadonlyMap<number, number>;
  /** Numbers of rows that are held in memory. */
  readonly held: readonly string[];
  /** Hashes of the keys that are parked. */
  readonly parked: readonly string[];
  readonly maxRows: number;
  readonly maxBytes: number;
}

/**
 * The lowest rows of each slot that are neither held nor of a parked key, in order: so of a key no row is read before an earlier one
 * that can be seen. By being there, never from a number on: a row with a lower number may commit later. A slot that has
 * another epoch by now gives none. At least one row where there is any, else `maxBytes` at most.
 */
const readStatement = (schema: string) => `
select number, slot, hash, key, event
from (
  select found.*, sum(bytes) over (rows unbounded preceding) as total, row_number() over () as nth
  from (
    select rows.*
    from unnest($1::integer[], $2::bigint[]) as owned (slot, epoch)
    join ${schema}.outbox_slots as slots on slots.slot = owned.slot and slots.epoch = owned.epoch
    cross join lateral (
      select id::text as number, events.slot, key_hash::text as hash, key, event, octet_length(event) as bytes
      from ${schema}.outbox_events as events
      where events.slot = owned.slot::smallint
        and id not in (select unnest($3::bigint[]))
        and key_hash not in (select unnest($4::bigint[]))
      order by id
      limit $5
    ) as rows
    limit $5
  ) as found
) as counted
where total <= $6 or nth = 1`;

export async function readRows(sql: Sql, schema: string, reading: Reading): Promise<readonly Row[]> {
  const slots = inTurn([...reading.slots]);
  const rows = await sql.query<Row>(readStatement(schema), [
    slots.map(([slot]) => slot),
    slots.map(([, epoch]) => epoch),
    reading.held,
    reading.parked,
    reading.maxRows,
    reading.maxBytes,
  ]);
  return rows.map((row) => ({ ...row, key: row.key === null ? null : keyFrom(row.key) }));
}

/** From another one on each time: a page that the first slots fill must not leave the others waiting. */
function inTurn<T>(slots: readonly T[]): readonly T[] {
  const first = Math.floor(Math.random() * slots.length);
  return [...slots.slice(first), ...slots.slice(0, first)];
}

/** Deletes rows that the log has. */
export async function deleteRows(sql: Sql, schema: string, numbers: readonly string[]): Promise<void> {
  await sql.query(`delete from ${schema}.outbox_events where id = any($1::bigint[])`, [numbers]);
}

/** Why a row cannot be published: seen in the table by people, and by the status. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
}

/** Notes refusals, by number. The time stays that of the first. */
export async function noteRefusals(
  database: Database,
  schema: string,
  refusals: ReadonlyMap<string, Refusal>,
): Promise<void> {
  const all = [...refusals];
  await database.query(
    `update ${schema}.outbox_events as events
     set refused_code = noted.code, refused_text = noted.text, refused_at = coalesce(refused_at, clock_timestamp())
     from unnest($1::bigint[], $2::text[], $3::text[]) as noted (id, code, text)
     where events.id = noted.id`,
    [all.map(([number]) => number), all.map(([, { code }]) => code), all.map(([, { text }]) => text)],
  );
}
