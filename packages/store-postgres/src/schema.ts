import type { Database } from "./sql.js";

/** Serialises migrations of several processes that start at once; an arbitrary constant of this package. */
const migrationLock = 7_305_117;

/**
 * State and what the runtime stores beside it are text, not jsonb: PostgreSQL's jsonb refuses the character U+0000 and
 * reorders fields, and student texts may hold anything. `(state::jsonb)` reads it where an app needs to look inside.
 */
const migrations = (schema: string): readonly string[] => [
  `
  create table ${schema}.lanes (
    app text not null, domain text not null, lane integer not null,
    epoch bigint not null,
    primary key (app, domain, lane)
  );
  create table ${schema}.positions (
    app text not null, domain text not null, lane integer not null,
    topic text not null, partition integer not null,
    next_offset bigint not null, last_offset bigint, last_fingerprint text,
    primary key (app, domain, lane, topic, partition)
  );
  create table ${schema}.states (
    app text not null, domain text not null, key text not null,
    lane integer not null, version bigint not null,
    state text not null, meta text not null, due_at_ms double precision,
    primary key (app, domain, key)
  );
  create index states_due on ${schema}.states (app, domain, lane) where due_at_ms is not null;
  create table ${schema}.outbox (
    app text not null, domain text not null, lane integer not null, seq bigint not null,
    key text not null, record text not null,
    primary key (app, domain, lane, seq)
  );
  create table ${schema}.parked (
    app text not null, domain text not null, lane integer not null, seq bigint not null,
    key text not null, topic text not null, partition integer not null, "offset" bigint not null, record text not null,
    primary key (app, domain, lane, seq)
  );
  create index parked_key on ${schema}.parked (app, domain, key);
  `,
];

/** Brings the schema up to date; any number of processes may do it at once. */
export async function migrate(database: Database, schema: string): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query("select pg_advisory_xact_lock($1)", [migrationLock]);
    await sql.query(`create schema if not exists ${schema}`);
    await sql.query(`create table if not exists ${schema}.migrations (version integer primary key)`);
    const [done] = await sql.query<{ version: number }>(
      `select coalesce(max(version), 0)::integer as version from ${schema}.migrations`,
    );
    const pending = migrations(schema).slice(done?.version ?? 0);
    for (const [index, migration] of pending.entries()) {
      for (const statement of migration.split(";")) if (statement.trim()) await sql.query(statement);
      await sql.query(`insert into ${schema}.migrations (version) values ($1)`, [(done?.version ?? 0) + index + 1]);
    }
  });
}
