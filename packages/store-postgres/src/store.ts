import {
  KeylineError,
  type LaneChanges,
  type LaneId,
  type OwnedLane,
  type StateRow,
  type Store,
} from "@keyline/runtime";
import { storeError } from "./errors.js";
import { migrate } from "./schema.js";
import type { Database, Sql } from "./sql.js";
import { fromText, toText } from "./text.js";

/** A store on PostgreSQL's SQL, with a way for apps to read beside it. */
export interface SqlStore extends Store {
  /** Brings the schema up to date; the first use does it too. Safe from any number of processes at once. */
  migrate(): Promise<void>;
  /** Runs a statement of the app's own, e.g. to create or read a view over the states. */
  sql<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** @see SqlStore */
export function createSqlStore(database: Database, schema: string): SqlStore {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new KeylineError("options_invalid", `schema ${JSON.stringify(schema)} must be a plain lower-case name`);
  }
  let migrated: Promise<void> | null = null;

  const ready = () => {
    migrated ??= migrate(database, schema).catch((caught) => {
      migrated = null;
      throw storeError(caught, "bring the store's schema up to date");
    });
    return migrated;
  };

  const guarded = async <T>(doing: string, run: () => Promise<T>): Promise<T> => {
    await ready();
    try {
      return await run();
    } catch (caught) {
      throw storeError(caught, doing);
    }
  };

  return {
    migrate: ready,
    sql: (text, params) => guarded("run a statement", () => database.query(text, params)),
    takeLane: (lane) =>
      guarded(`take lane ${nameOf(lane)}`, () => database.transaction((sql) => takeLane(sql, schema, lane))),
    readStates: (app, keys) => guarded("read states", () => readStates(database, schema, app, keys)),
    write: (lane, changes) =>
      guarded(`write lane ${nameOf(lane)}`, () => database.transaction((sql) => write(sql, schema, lane, changes))),
    holds: (lane) =>
      guarded(`look at lane ${nameOf(lane)}`, async () => (await epochOf(database, schema, lane, "")) === lane.epoch),
    close: () => database.close(),
  };
}

const nameOf = ({ app, domain, lane }: LaneId) => `${app}/${domain}/${lane}`;

async function takeLane(sql: Sql, schema: string, { app, domain, lane }: LaneId) {
  const id = [app, domain, lane];
  const where = "where app = $1 and domain = $2 and lane = $3";
  const [taken] = await sql.query<{ epoch: string }>(
    `insert into ${schema}.lanes as l (app, domain, lane, epoch) values ($1, $2, $3, 1)
     on conflict (app, domain, lane) do update set epoch = l.epoch + 1 returning epoch::text`,
    id,
  );
  const positions = await sql.query<{
    topic: string;
    partition: number;
    next: string;
    last: string | null;
    print: string | null;
  }>(
    `select topic, partition, next_offset::text as next, last_offset::text as last, last_fingerprint as print
     from ${schema}.positions ${where}`,
    id,
  );
  const timers = await sql.query<{ key: string; due: number }>(
    `select key, due_at_ms as due from ${schema}.states ${where} and due_at_ms is not null`,
    id,
  );
  const outbox = await sql.query<{ seq: string; key: string; record: string }>(
    `select seq::text, key, record from ${schema}.outbox ${where} order by outbox.seq`,
    id,
  );
  const parked = await sql.query<{
    seq: string;
    key: string;
    topic: string;
    partition: number;
    at: string;
    record: string;
  }>(
    `select seq::text, key, topic, partition, "offset"::text as at, record from ${schema}.parked ${where} order by parked.seq`,
    id,
  );
  return {
    epoch: Number(taken?.epoch),
    positions: positions.map(({ topic, partition, next, last, print }) => ({
      topic,
      partition,
      next: Number(next),
      last: last === null || print === null ? null : { offset: Number(last), fingerprint: print },
    })),
    timers: timers.map(({ key, due }) => ({ key: keyFrom(key), dueAtMs: due })),
    outbox: outbox.map(({ seq, key, record }) => ({ seq: Number(seq), key: keyFrom(key), record: fromText(record) })),
    parked: parked.map(({ seq, key, topic, partition, at, record }) => ({
      seq: Number(seq),
      key: keyFrom(key),
      topic,
      partition,
      offset: Number(at),
      record: fromText(record),
    })),
  };
}

async function readStates(
  sql: Sql,
  schema: string,
  { app, domain }: Pick<LaneId, "app" | "domain">,
  keys: readonly string[],
) {
  const rows = await sql.query<{ key: string; version: string; state: string; meta: string }>(
    `select key, version::text, state, meta from ${schema}.states where app = $1 and domain = $2 and key = any($3::text[])`,
    [app, domain, keys.map(keyText)],
  );
  return new Map<string, StateRow>(
    rows.map(({ key, version, state, meta }) => [
      keyFrom(key),
      { key: keyFrom(key), version: Number(version), state: fromText(state), meta: fromText(meta) },
    ]),
  );
}

async function epochOf(sql: Sql, schema: string, { app, domain, lane }: LaneId, lock: "" | "for update") {
  const [row] = await sql.query<{ epoch: string }>(
    `select epoch::text from ${schema}.lanes where app = $1 and domain = $2 and lane = $3 ${lock}`,
    [app, domain, lane],
  );
  return row ? Number(row.epoch) : null;
}

async function write(sql: Sql, schema: string, lane: OwnedLane, changes: LaneChanges): Promise<void> {
  const epoch = await epochOf(sql, schema, lane, "for update");
  if (epoch !== lane.epoch) {
    throw new KeylineError(
      "lane_fenced",
      `lane ${nameOf(lane)} has epoch ${epoch}, not ${lane.epoch}: another owner took it`,
    );
  }
  const id = [lane.app, lane.domain, lane.lane];
  await writePositions(sql, schema, lane, changes);
  await writeStates(sql, schema, lane, changes);
  await add(sql, changes.outboxAdded, (rows) => [
    `insert into ${schema}.outbox (app, domain, lane, seq, key, record)
     select $1, $2, $3, * from unnest($4::bigint[], $5::text[], $6::text[])`,
    [...id, rows.map((row) => row.seq), rows.map((row) => keyText(row.key)), rows.map((row) => toText(row.record))],
  ]);
  await add(sql, changes.outboxRemoved, (rows) => [
    `delete from ${schema}.outbox where app = $1 and domain = $2 and lane = $3 and seq = any($4::bigint[])`,
    [...id, rows],
  ]);
  await add(sql, changes.parkedAdded, (rows) => [
    `insert into ${schema}.parked (app, domain, lane, seq, key, topic, partition, "offset", record)
     select $1, $2, $3, * from unnest($4::bigint[], $5::text[], $6::text[], $7::integer[], $8::bigint[], $9::text[])`,
    [
      ...id,
      rows.map((row) => row.seq),
      rows.map((row) => keyText(row.key)),
      rows.map((row) => row.topic),
      rows.map((row) => row.partition),
      rows.map((row) => row.offset),
      rows.map((row) => toText(row.record)),
    ],
  ]);
  await add(sql, changes.parkedRemoved, (rows) => [
    `delete from ${schema}.parked where app = $1 and domain = $2 and lane = $3 and seq = any($4::bigint[])`,
    [...id, rows],
  ]);
}

/** A statement for all rows of a kind, where there are any. */
async function add<Row>(sql: Sql, rows: readonly Row[], statement: (rows: readonly Row[]) => [string, unknown[]]) {
  if (rows.length > 0) await sql.query(...statement(rows));
}

/** By compare-and-set: a position that is not where this owner left it was moved by another. */
async function writePositions(sql: Sql, schema: string, lane: OwnedLane, { positions }: LaneChanges) {
  if (positions.length === 0) return;
  const moved = await sql.query(
    `insert into ${schema}.positions as p (app, domain, lane, topic, partition, next_offset, last_offset, last_fingerprint)
     select $1, $2, $3, n.topic, n.partition, n.next, n.last, n.print
     from unnest($4::text[], $5::integer[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[])
       as n(topic, partition, next, last, print, was)
     left join ${schema}.positions o
       on o.app = $1 and o.domain = $2 and o.lane = $3 and o.topic = n.topic and o.partition = n.partition
     where o.next_offset is not distinct from n.was
     on conflict (app, domain, lane, topic, partition) do update
       set next_offset = excluded.next_offset, last_offset = excluded.last_offset, last_fingerprint = excluded.last_fingerprint
     returning 1`,
    [
      lane.app,
      lane.domain,
      lane.lane,
      positions.map((position) => position.topic),
      positions.map((position) => position.partition),
      positions.map((position) => position.next),
      positions.map((position) => position.last?.offset ?? null),
      positions.map((position) => position.last?.fingerprint ?? null),
      positions.map((position) => position.from),
    ],
  );
  if (moved.length === positions.length) return;
  throw new KeylineError("lane_fenced", `positions of lane ${nameOf(lane)} are not where their owner left them`);
}

async function writeStates(sql: Sql, schema: string, lane: OwnedLane, { states }: LaneChanges) {
  if (states.length === 0) return;
  const written = await sql.query(
    `insert into ${schema}.states as s (app, domain, key, lane, version, state, meta, due_at_ms)
     select $1, $2, n.key, n.lane, n.was + 1, n.state, n.meta, n.due
     from unnest($3::text[], $4::integer[], $5::bigint[], $6::text[], $7::text[], $8::double precision[])
       as n(key, lane, was, state, meta, due)
     where n.was = 0 or exists (select 1 from ${schema}.states o where o.app = $1 and o.domain = $2 and o.key = n.key)
     on conflict (app, domain, key) do update
       set lane = excluded.lane, version = excluded.version, state = excluded.state, meta = excluded.meta,
           due_at_ms = excluded.due_at_ms
       where s.version = excluded.version - 1
     returning version::text`,
    [
      lane.app,
      lane.domain,
      states.map((state) => keyText(state.key)),
      states.map((state) => state.lane),
      states.map((state) => state.version),
      states.map((state) => toText(state.state)),
      states.map((state) => toText(state.meta)),
      states.map((state) => state.dueAtMs),
    ],
  );
  if (written.length === states.length) return;
  throw new KeylineError("state_conflict", `states of lane ${nameOf(lane)} were written by another`);
}

/** Keys may hold U+0000, which text may not: written as JSON text then, marked by a first character that no JSON has. */
const marker = "\u0001";
const keyText = (key: string) =>
  key.includes("\u0000") || key.startsWith(marker) ? `${marker}${JSON.stringify(key)}` : key;
const keyFrom = (text: string) => (text.startsWith(marker) ? String(JSON.parse(text.slice(1))) : text);
