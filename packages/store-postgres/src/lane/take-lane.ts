import type { LaneId, LaneSnapshot, OutboxRow, ParkedRow, StoredPosition } from "@keyline/runtime/store";
import type { Sql } from "../sql.js";
import { fromText, keyFrom, keyText, toInteger } from "../text.js";

const where = "where app = $1 and domain = $2 and lane = $3";
const idOf = ({ app, domain, lane }: LaneId) => [app, domain, lane];

/** Inside a transaction: raises the epoch, which locks the lane's row, then reads what no other owner can change any more. */
export async function takeLane(sql: Sql, schema: string, lane: LaneId): Promise<LaneSnapshot> {
  const [taken] = await sql.query<{ epoch: string }>(
    `insert into ${schema}.lanes as l (app, domain, lane, epoch) values ($1, $2, $3, 1)
     on conflict (app, domain, lane) do update set epoch = l.epoch + 1 returning epoch::text`,
    idOf(lane),
  );
  return {
    epoch: toInteger(taken?.epoch),
    positions: await readPositions(sql, schema, lane),
    timers: await readTimers(sql, schema, lane),
    outbox: await readOutbox(sql, schema, lane),
    parked: await readParked(sql, schema, lane, null, null),
  };
}

/** How far a lane is applied. */
export async function readPositions(sql: Sql, schema: string, lane: LaneId): Promise<StoredPosition[]> {
  type Row = { topic: string; partition: number; next: string; last: string | null; print: string | null };
  const rows = await sql.query<Row>(
    `select topic, partition, next_offset::text as next, last_offset::text as last, last_fingerprint as print
     from ${schema}.positions ${where} order by topic, partition`,
    idOf(lane),
  );
  return rows.map(({ topic, partition, next, last, print }) => ({
    topic,
    partition,
    next: toInteger(next),
    last: last === null || print === null ? null : { offset: toInteger(last), fingerprint: print },
  }));
}

/** When the next timer of each of the lane's keys is due, for keys that have any. */
export async function readTimers(sql: Sql, schema: string, lane: LaneId): Promise<LaneSnapshot["timers"]> {
  const rows = await sql.query<{ key: string; due: number }>(
    `select key, due_at_ms as due from ${schema}.states ${where} and due_at_ms is not null`,
    idOf(lane),
  );
  return rows.map(({ key, due }) => ({ key: keyFrom(key), dueAtMs: due }));
}

async function readOutbox(sql: Sql, schema: string, lane: LaneId): Promise<OutboxRow[]> {
  const rows = await sql.query<{ seq: string; key: string; record: string }>(
    `select seq::text, key, record from ${schema}.outbox ${where} order by outbox.seq`,
    idOf(lane),
  );
  return rows.map(({ seq, key, record }) => ({ seq: toInteger(seq), key: keyFrom(key), record: fromText(record) }));
}

/** Parked events in the order of parking: those of one key or of all keys, at most so many or all. */
export async function readParked(
  sql: Sql,
  schema: string,
  lane: LaneId,
  key: string | null,
  limit: number | null,
): Promise<ParkedRow[]> {
  type Row = { seq: string; key: string; topic: string; partition: number; at: string; record: string };
  const rows = await sql.query<Row>(
    `select seq::text, key, topic, partition, "offset"::text as at, record
     from ${schema}.parked ${where} and ($4::text is null or key = $4) order by parked.seq limit $5`,
    [...idOf(lane), key === null ? null : keyText(key), limit],
  );
  return rows.map(({ seq, key, topic, partition, at, record }) => ({
    seq: toInteger(seq),
    key: keyFrom(key),
    topic,
    partition,
    offset: toInteger(at),
    record: fromText(record),
  }));
}
