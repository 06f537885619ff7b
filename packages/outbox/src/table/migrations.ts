import { type Database, migrate, schemaName, type Versions, versionsTable } from "@keyline/postgres/database";

/** The statements of each version, oldest first. One that was released never changes: what comes later is added. */
const statements = (schema: string): Versions["statements"] => [
  [
    // Row numbers are never given out twice, and readers drop what is numbered below what they have applied: so a table that
    // is recreated begins above all that the one before can have had, 100,000 rows a second.
    `create sequence ${schema}.outbox_numbers as bigint`,
    `select setval('${schema}.outbox_numbers', (extract(epoch from clock_timestamp()) * 100000)::bigint)`,
    `create table ${schema}.outbox_events (
      id bigint primary key,
      slot smallint not null,
      key_hash bigint not null,
      domain text, key text,
      event text not null,
      written_at timestamptz not null default clock_timestamp(),
      refused_code text, refused_text text, refused_at timestamptz
    )`,
    `create index outbox_events_slot on ${schema}.outbox_events (slot, id)`,
    `create index outbox_events_refused on ${schema}.outbox_events (id) where refused_at is not null`,
    `create table ${schema}.outbox_slots (
      slot smallint primary key,
      epoch bigint not null default 0,
      relay text, leased_until timestamptz not null default '-infinity'
    )`,
    `insert into ${schema}.outbox_slots (slot) select generate_series(0, 63)`,
    `create table ${schema}.outbox_relays (relay text primary key, alive_until timestamptz not null)`,
  ],
];

const versions = (schema: string): Versions => ({
  statements: statements(schema),
  table: "outbox_migrations",
  knownBy: "@keyline/outbox",
});

/**
 * Brings the outbox's tables up to date. Any number of processes may do it at once; where there is nothing to do it only
 * reads. Throws `options_invalid` for a schema that is not a plain name, else the driver's error.
 */
export async function migrateOutbox(database: Database, schema?: string): Promise<void> {
  const name = schemaName(schema);
  await migrate(database, name, versions(name));
}

/**
 * The same as SQL text, for an app's own migrations: for a schema without the tables. Throws `options_invalid` for a schema
 * that is not a plain name.
 */
export function outboxSql(schema?: string): string {
  const name = schemaName(schema);
  const { table } = versions(name);
  const lines = statements(name).flatMap((ofVersion, index) => [
    ...ofVersion,
    `insert into ${name}.${table} (version) values (${index + 1})`,
  ]);
  return [`create schema if not exists ${name}`, versionsTable(name, table), ...lines]
    .map((statement) => `${statement.replaceAll(/\n {4}/g, "\n")};\n`)
    .join("");
}
