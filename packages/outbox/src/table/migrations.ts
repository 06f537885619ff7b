import {
  type Database,
  migrate,
  schemaName,
  sqlState,
  storeError,
  type Versions,
  versionOf,
  versionsTable,
} from "@keyline/postgres/database";
import { KeylineError } from "@keyline/runtime";
import { createWriteFunction } from "./write-function.js";

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
  [createWriteFunction(schema)],
];

const migrationsTable = "outbox_migrations";

const versions = (schema: string): Versions => ({
  statements: statements(schema),
  table: migrationsTable,
  knownBy: "@keyline/outbox",
});

/**
 * Migrates the outbox's tables to the newest version. Any number of processes may do it at once; if there is nothing to
 * do it only reads. Throws `options_invalid` for a schema that is not a plain name, else the driver's error.
 */
export async function migrateOutbox(database: Database, schema?: string): Promise<void> {
  const name = schemaName(schema);
  await migrate(database, name, versions(name));
}

/** The same for a relay that starts: says which SQL to apply where it may not do it itself. Throws `store_unavailable`. */
export async function bringUpToDate(database: Database, schema: string): Promise<void> {
  try {
    await migrateOutbox(database, schema);
  } catch (caught) {
    if (sqlState(caught) !== insufficientPrivilege) throw storeError(caught, "migrate the outbox's tables");
    const at = await versionOf(database, schema, migrationsTable).catch(() => null);
    const is = at === null ? "has no tables of an outbox" : `has those of version ${at}`;
    throw new KeylineError(
      "store_unavailable",
      `cannot bring the outbox's tables to version ${statements(schema).length}: schema ${schema} ${is}, and this user has no right to change that: ` +
        `apply the output of \`keyline outbox sql${at === null ? "" : ` --from ${at}`}\` as a user with that right`,
      { cause: caught, retryable: false },
    );
  }
}

const insufficientPrivilege = "42501";

/**
 * The same migration as SQL text, for an app's own migrations: for a schema without the tables, or with those of
 * version `from` (the number in `outbox_migrations`). Throws `options_invalid` for a schema that is not a plain name,
 * and for a version that is not older than the newest.
 */
export function outboxSql(schema?: string, from = 0): string {
  const name = schemaName(schema);
  const { table } = versions(name);
  const all = statements(name);
  if (!Number.isInteger(from) || from < 0 || from >= all.length) throw notBefore(from, all.length);
  const lines = all.flatMap((ofVersion, index) =>
    index < from ? [] : [...ofVersion, `insert into ${name}.${table} (version) values (${index + 1})`],
  );
  const first = from === 0 ? [`create schema if not exists ${name}`, versionsTable(name, table)] : [];
  return [...first, ...lines].map((statement) => `${statement.replaceAll(/\n {4}/g, "\n")};\n`).join("");
}

const notBefore = (from: unknown, newest: number) =>
  new KeylineError(
    "options_invalid",
    `there is no SQL from version ${from} of an outbox's tables: this package knows 0 (none yet) to ${newest - 1}, and makes ${newest}`,
  );
