import { command } from "../command/command.js";
import { CommandError } from "../command/outcome.js";
import { option } from "../command/parameters.js";
import { count } from "../command/values.js";
import { needsHand, statusText } from "../outbox/report.js";
import { schemaOption } from "../outbox/schema.js";

const group = { name: "outbox", summary: "show what waits in an outbox, and print its tables' SQL" } as const;

/** Prints the outbox's tables. */
export const outboxSql = command({
  group,
  name: "sql",
  summary: "print the SQL of the outbox's tables, for your own migrations",
  parameters: {
    schema: schemaOption,
    from: option("--from <version>", "the version that the tables are at (default: there are none)", count),
  },
  details:
    "For a database without the tables, or with those of an older version (the highest number in outbox_migrations). Relays and migrateOutbox create and migrate the tables themselves if they have the right to, also tables that were created by this SQL.",
  examples: ["keyline outbox sql > migrations/001-outbox.sql", "keyline outbox sql --from 1"],
  exits: { clean: "printed" },
  async run({ schema, from }) {
    const { outboxSql: sql } = await import("@keyline/outbox");
    return { exit: "clean", text: sql(schema, from) };
  },
});

/** What an error of PostgreSQL says where a table, or its schema, is not there. */
const isMissing = (code: unknown) => code === "42P01" || code === "3F000";

/** Says how to get tables that are not there. */
function refuseMissing(caught: unknown): never {
  const cause = caught instanceof Error ? caught.cause : null;
  if (!isMissing((cause as { readonly code?: unknown } | null)?.code)) throw caught;
  throw new CommandError(
    "couldNotRun",
    "the database has no outbox: start a relay, which creates its tables, or apply what keyline outbox sql prints",
    { cause: caught },
  );
}

/** Shows how an outbox stands. */
export const outboxStatus = command({
  group,
  name: "status",
  summary: "show how many events wait, how long, and which keys are parked and why",
  parameters: { schema: schemaOption },
  needs: { store: "option" },
  json: "the status as JSON",
  details: "Only reads, and needs no broker. Shows keys, never payloads.",
  exits: {
    clean: "everything is published, or will be",
    problems: "a key is parked, or events wait and no relay publishes them",
  },
  async run({ schema }, { databaseUrl: url }) {
    if (url === null) throw new CommandError("usage", "no database: pass --database-url or set DATABASE_URL");
    // Only these commands need the client.
    const { openPostgres, readOutboxStatus } = await import("@keyline/outbox");
    const database = openPostgres({ url, maxConnections: 1 });
    try {
      const status = await readOutboxStatus(database, schema).catch(refuseMissing);
      return { exit: needsHand(status) ? "problems" : "clean", text: statusText(status), json: { ...status } };
    } finally {
      await database.close();
    }
  },
});
